// Windows of pooling: which output an invocation makes and where its window begins, and which windows an input lies in.

const OUTPUT_STRIDE = (CHANNELS + 3) / 4 * 4;
const OUTPUTS = ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH * CHANNELS;
const INPUTS = ROWS * HEIGHT * WIDTH * INPUT_STRIDE;

struct Window {
  output: u32, // place of the output value
  first: u32, // place of the window's first value
}

// The window of output value number i, padding not counted.
fn window_of(i: u32) -> Window {
  let position = i / CHANNELS;
  let channel = i % CHANNELS;
  let image = position / (OUTPUT_HEIGHT * OUTPUT_WIDTH);
  let y = position / OUTPUT_WIDTH % OUTPUT_HEIGHT * STRIDE;
  let x = position % OUTPUT_WIDTH * STRIDE;
  let first = ((image * HEIGHT + y) * WIDTH + x) * INPUT_STRIDE + channel;
  return Window(position * OUTPUT_STRIDE + channel, first);
}

// How far the value number `place` of a window lies behind its first.
fn behind(place: u32) -> u32 {
  return (place / SIZE * WIDTH + place % SIZE) * INPUT_STRIDE;
}

struct Reader {
  output: u32, // place of the output value
  exists: bool,
}

// The window in which the input value i stands at `place`, if there is one. Coordinates wrap around below zero, and are then
// larger than any side.
fn reader_of(i: u32, place: u32) -> Reader {
  let position = i / INPUT_STRIDE;
  let channel = i % INPUT_STRIDE;
  let y = position / WIDTH % HEIGHT - place / SIZE;
  let x = position % WIDTH - place % SIZE;
  let row = y / STRIDE;
  let column = x / STRIDE;
  let image = position / (HEIGHT * WIDTH);
  let exists = y % STRIDE == 0 && x % STRIDE == 0 && row < OUTPUT_HEIGHT && column < OUTPUT_WIDTH && channel < CHANNELS;
  return Reader(((image * OUTPUT_HEIGHT + row) * OUTPUT_WIDTH + column) * OUTPUT_STRIDE + channel, exists);
}
