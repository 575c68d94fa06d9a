// Windows of pooling, for the gradients: which windows inputs lie in. An invocation does four channels, or of pixels one: see
// window.wgsl. Reads `gradient`, writes `input_gradient`.

const OUTPUT_STRIDE = (CHANNELS + 3) / 4 * 4;
const LANES = min(INPUT_STRIDE, 4); // pixels have a stride of one
const BLOCKS = ROWS * HEIGHT * WIDTH * (INPUT_STRIDE / LANES);

// Input values: their image's first line among the outputs, their coordinates, the first channel.
struct Block { line: u32, y: u32, x: u32, channel: u32 }

fn block_of(i: u32) -> Block {
  let position = i / (INPUT_STRIDE / LANES);
  let line = position / WIDTH;
  return Block(line / HEIGHT * OUTPUT_HEIGHT, line % HEIGHT, position % WIDTH, i % (INPUT_STRIDE / LANES) * LANES);
}

struct Reader {
  output: u32, // place of the output value of the first channel
  exists: bool,
}

// The window in which input values stand `y` below and `x` right of its first, if there is one. Coordinates wrap around below
// zero, and are then larger than any side. The quotients are exact for what is no larger than an image.
fn reader_of(block: Block, y: u32, x: u32) -> Reader {
  let row = u32((f32(block.y - y) + 0.5) * (1.0 / f32(STRIDE)));
  let column = u32((f32(block.x - x) + 0.5) * (1.0 / f32(STRIDE)));
  let exact = row * STRIDE == block.y - y && column * STRIDE == block.x - x;
  let output = ((block.line + row) * OUTPUT_WIDTH + column) * OUTPUT_STRIDE + block.channel;
  return Reader(output, exact && row < OUTPUT_HEIGHT && column < OUTPUT_WIDTH);
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
