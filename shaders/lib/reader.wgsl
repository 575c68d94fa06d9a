// Windows of pooling, for the gradients: which windows inputs lie in. An invocation does four channels, or of pixels one: see
// window.wgsl. Reads `gradient`, writes `input_gradient`.

const OUTPUT_STRIDE = (CHANNELS + 3) / 4 * 4;
const LANES = min(INPUT_STRIDE, 4); // pixels have a stride of one
const BLOCKS = ROWS * HEIGHT * WIDTH * (INPUT_STRIDE / LANES);

// Windows that cover an input, along a side, at most
const OVERLAP = (SIZE + STRIDE - 1) / STRIDE;

// Input values: their coordinates, the last window that begins at or before them, their image's first line among the outputs,
// and the first channel.
struct Block { y: u32, x: u32, row: u32, column: u32, line: u32, channel: u32 }

fn block_of(i: u32) -> Block {
  let position = i / (INPUT_STRIDE / LANES);
  let line = position / WIDTH;
  let y = line % HEIGHT;
  let x = position % WIDTH;
  return Block(y, x, y / STRIDE, x / STRIDE, line / HEIGHT * OUTPUT_HEIGHT, i % (INPUT_STRIDE / LANES) * LANES);
}

struct Reader {
  output: u32, // place of the output value of the first channel
  place: u32, // of the input values in the window
  exists: bool,
}

// The window so many before the last that may cover input values, if it does. Numbers wrap around below zero, and are then
// larger than any side.
fn reader_of(block: Block, up: u32, left: u32) -> Reader {
  let row = block.row - up;
  let column = block.column - left;
  let y = block.y - row * STRIDE;
  let x = block.x - column * STRIDE;
  let output = ((block.line + row) * OUTPUT_WIDTH + column) * OUTPUT_STRIDE + block.channel;
  return Reader(output, y * SIZE + x, row < OUTPUT_HEIGHT && column < OUTPUT_WIDTH && y < SIZE && x < SIZE);
}

fn gradient_at(reader: Reader) -> vec4f {
  let at = reader.output;
  return vec4f(gradient[at], gradient[at + 1], gradient[at + 2], gradient[at + 3]);
}

// Stores gradients times the derivative of the input's own activation.
fn store(i: u32, sum: vec4f) {
  let at = i * LANES;
  if (LANES == 1) {
    input_gradient[at] = sum.x * derivative(vec4f(saved[at])).x;
  } else {
    let values = sum * derivative(vec4f(saved[at], saved[at + 1], saved[at + 2], saved[at + 3]));
    input_gradient[at] = values.x;
    input_gradient[at + 1] = values.y;
    input_gradient[at + 2] = values.z;
    input_gradient[at + 3] = values.w;
  }
}
