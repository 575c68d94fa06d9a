// Windows of pooling, for the forward passes: which outputs an invocation makes and where their windows begin. An invocation does
// four channels: software adapters divide lane by lane, and this way one division serves them all.

const OUTPUT_STRIDE = (CHANNELS + 3) / 4 * 4;
const BLOCKS = ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH * (OUTPUT_STRIDE / 4);

struct Window {
  first: u32, // place of the window's first value, of the first channel
  inside: vec4<bool>, // which of the channels there are
}

// The windows of block number i of the outputs.
fn window_of(i: u32) -> Window {
  let position = i / (OUTPUT_STRIDE / 4);
  let channel = i % (OUTPUT_STRIDE / 4) * 4;
  let line = position / OUTPUT_WIDTH;
  let y = line % OUTPUT_HEIGHT * STRIDE;
  let x = position % OUTPUT_WIDTH * STRIDE;
  let first = ((line / OUTPUT_HEIGHT * HEIGHT + y) * WIDTH + x) * INPUT_STRIDE + channel;
  return Window(first, channel + vec4u(0, 1, 2, 3) < vec4u(CHANNELS));
}

// The values of four channels at a place of a window; of pixels only the first belongs to it.
fn values_at(w: Window, y: u32, x: u32) -> vec4f {
  let at = w.first + (y * WIDTH + x) * INPUT_STRIDE;
  return vec4f(inputs[at], inputs[at + 1], inputs[at + 2], inputs[at + 3]);
}
