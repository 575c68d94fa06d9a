// Gradient of a convolution's input, before the input's own activation f: every input position gathers from the outputs whose
// patches it is in,
//   input_gradient[y, x] = f'(saved) * sum over taps of gradient[(y + pad - ky) / stride, (x + pad - kx) / stride] . W[ky, kx]^T
// where the divisions leave no remainder. A matrix product again: [positions, taps filters] . [taps filters, channels].

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> saved: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> input_gradient: array<vec4f>;

const FILTER_BLOCKS = (FILTERS + 3) / 4;
const POSITIONS = ROWS * HEIGHT * WIDTH;
const R = (POSITIONS + 3) / 4;
const T = KERNEL * KERNEL * FILTER_BLOCKS;
const S = (CHANNELS + 3) / 4;
const W = WEIGHTS / 4;

// Four filters' gradient at the output that reads this input position by a tap. Coordinates wrap around below zero, and are
// then larger than any side.
fn gradient_at(position: u32, t: u32) -> vec4f {
  let tap = t / FILTER_BLOCKS;
  let y = position / WIDTH % HEIGHT + PAD_TOP - tap / KERNEL;
  let x = position % WIDTH + PAD_LEFT - tap % KERNEL;
  if (position >= POSITIONS || y % STRIDE != 0 || x % STRIDE != 0) { return vec4f(); }
  let row = y / STRIDE;
  let column = x / STRIDE;
  if (row >= OUTPUT_HEIGHT || column >= OUTPUT_WIDTH) { return vec4f(); }
  let image = position / (HEIGHT * WIDTH);
  return gradient[((image * OUTPUT_HEIGHT + row) * OUTPUT_WIDTH + column) * FILTER_BLOCKS + t % FILTER_BLOCKS];
}

fn load_a(r: u32, t: u32) -> mat4x4f {
  return mat4x4f(gradient_at(4 * r, t), gradient_at(4 * r + 1, t), gradient_at(4 * r + 2, t), gradient_at(4 * r + 3, t));
}

fn load_b(t: u32, s: u32) -> mat4x4f {
  let tap = t / FILTER_BLOCKS;
  let filters = t % FILTER_BLOCKS;
  let at = W + (tap * S + s) * 4 * FILTER_BLOCKS + filters;
  return transpose(mat4x4f(
    parameters[at],
    parameters[at + FILTER_BLOCKS],
    parameters[at + 2 * FILTER_BLOCKS],
    parameters[at + 3 * FILTER_BLOCKS],
  ));
}

fn store(r: u32, s: u32, c: mat4x4f) {
  var rows = c; // some compilers index only variables by a variable
  for (var i = 0u; i < 4 && 4 * r + i < POSITIONS; i++) {
    let at = (4 * r + i) * S + s;
    input_gradient[at] = rows[i] * derivative(saved[at]);
  }
}
