// Patches of an image as rows of a matrix that is never stored (im2col, Chellapilla et al. 2006): the row of an output position
// holds the inputs under the kernel, tap by tap and channel by channel. With GRAY there is one channel without padding, and
// four taps make a vec4. Reads `inputs`.

const CHANNEL_BLOCKS = (CHANNELS + 3) / 4;
const TAPS = KERNEL * KERNEL;
// vec4s of a patch
const PATCH = GRAY * ((TAPS + 3) / 4) + (1 - GRAY) * TAPS * CHANNEL_BLOCKS;
const POSITIONS = ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH;

// Where the input under a tap lies, counted in positions; outside of the image `inside` is false. Coordinates wrap around
// below zero, and are then larger than any side.
struct Tap { at: u32, inside: bool }

fn tap_of(position: u32, tap: u32) -> Tap {
  let image = position / (OUTPUT_HEIGHT * OUTPUT_WIDTH);
  let y = position / OUTPUT_WIDTH % OUTPUT_HEIGHT * STRIDE + tap / KERNEL - PAD_TOP;
  let x = position % OUTPUT_WIDTH * STRIDE + tap % KERNEL - PAD_LEFT;
  return Tap((image * HEIGHT + y) * WIDTH + x, y < HEIGHT && x < WIDTH);
}

// The vec4 number t of the patch of an output position; zero outside of the image and past the last position.
fn patch_at(position: u32, t: u32) -> vec4f {
  var values = vec4f();
  if (position >= POSITIONS) { return values; }
  if (GRAY == 1) {
    for (var j = 0u; j < 4 && 4 * t + j < TAPS; j++) {
      let tap = tap_of(position, 4 * t + j);
      if (tap.inside) { values[j] = inputs[tap.at / 4][tap.at % 4]; }
    }
  } else {
    let tap = tap_of(position, t / CHANNEL_BLOCKS);
    if (tap.inside) { values = inputs[tap.at * CHANNEL_BLOCKS + t % CHANNEL_BLOCKS]; }
  }
  return values;
}
