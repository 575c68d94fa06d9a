// Patches of an image as rows of a matrix that is never stored (im2col, Chellapilla et al. 2006): the row of an output position
// holds the inputs under the kernel, tap by tap and channel by channel, in vec4s called parts. With GRAY there is one channel
// without padding, and four taps make a part. Reads `inputs`. Coordinates wrap around below zero, and are then larger than any
// side; `next_part` and `windows_at` keep divisions out of inner loops, where software adapters do them lane by lane.

const CHANNEL_BLOCKS = (CHANNELS + 3) / 4;
const TAPS = KERNEL * KERNEL;
// Parts of a patch
const PATCH = GRAY * ((TAPS + 3) / 4) + (1 - GRAY) * TAPS * CHANNEL_BLOCKS;
// A coordinate outside of any image, whatever is added to it
const OUTSIDE = 0x1000000u;
const POSITIONS = ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH;

// Four windows of the kernel on images: where their first tap falls, as a count of input positions and as coordinates.
struct Windows { at: vec4u, y: vec4u, x: vec4u }

// The windows of four output positions of an image, given by their coordinates.
fn windows_at(image: vec4u, row: vec4u, column: vec4u) -> Windows {
  let y = row * STRIDE - PAD_TOP;
  let x = column * STRIDE - PAD_LEFT;
  return Windows((image * HEIGHT + y) * WIDTH + x, y, x);
}

// A part of the patch: its taps relative to the window, which are four with GRAY and else one. `t` is its number.
struct Part { t: u32, channels: u32, y: vec4u, x: vec4u }

fn part_at(t: u32) -> Part {
  if (GRAY == 1) {
    let taps = 4 * t + vec4u(0, 1, 2, 3);
    // Exact for so few taps, and no division (see above).
    let y = vec4u((vec4f(taps) + 0.5) * (1.0 / f32(KERNEL)));
    return Part(t, 0, select(vec4u(OUTSIDE), y, taps < vec4u(TAPS)), taps - y * KERNEL);
  }
  let tap = t / CHANNEL_BLOCKS;
  return Part(t, t % CHANNEL_BLOCKS, vec4u(tap / KERNEL), vec4u(tap % KERNEL));
}

fn next_part(part: Part) -> Part {
  if (GRAY == 1) { return part_at(part.t + 1); }
  let tap_ends = part.channels + 1 == CHANNEL_BLOCKS;
  let row_ends = tap_ends && part.x[0] + 1 == KERNEL;
  let channels = select(part.channels + 1, 0, tap_ends);
  let x = select(part.x + u32(tap_ends), vec4u(0), row_ends);
  return Part(part.t + 1, channels, part.y + u32(row_ends), x);
}

fn pixel(at: u32) -> f32 {
  return inputs[at / 4][at % 4];
}

// The part of one window's patch; zero outside of the image.
fn patch_of(at: u32, y: u32, x: u32, part: Part) -> vec4f {
  if (GRAY == 1) {
    let pixels = at + part.y * WIDTH + part.x;
    let inside = (y + part.y < vec4u(HEIGHT)) & (x + part.x < vec4u(WIDTH));
    return select(vec4f(), vec4f(pixel(pixels.x), pixel(pixels.y), pixel(pixels.z), pixel(pixels.w)), inside);
  }
  let inside = y + part.y[0] < HEIGHT && x + part.x[0] < WIDTH;
  return select(vec4f(), inputs[(at + part.y[0] * WIDTH + part.x[0]) * CHANNEL_BLOCKS + part.channels], inside);
}

// The part of four windows' patches, one in a row.
fn patches(windows: Windows, part: Part) -> mat4x4f {
  return mat4x4f(
    patch_of(windows.at.x, windows.y.x, windows.x.x, part),
    patch_of(windows.at.y, windows.y.y, windows.x.y, part),
    patch_of(windows.at.z, windows.y.z, windows.x.z, part),
    patch_of(windows.at.w, windows.y.w, windows.x.w, part),
  );
}
