// Gradient of a dense layer's weights and bias, into their places in `gradients`:
//   W gradient = inputs^T . gradient,   bias gradient = sum of gradient over the rows
// The bias is one more row of the weights, whose input is always one; with BIAS 0 it gets no gradient.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;

const BIAS_BLOCK = (INPUTS + 3) / 4;
const T = (ROWS + 3) / 4;
const OUTPUT_COLUMNS = OUTPUTS;

struct Step { row: u32 } // the first of four

fn step_at(t: u32) -> Step {
  return Step(4 * t);
}

fn next(step: Step) -> Step {
  return Step(step.row + 4);
}

alias Row = u32;

fn row_at(r: u32) -> Row {
  return r;
}

fn load_a(r: Row, step: Step) -> mat4x4f {
  let at = step.row * BIAS_BLOCK + min(r, BIAS_BLOCK - 1);
  let a = transpose(mat4x4f(inputs[at], inputs[at + BIAS_BLOCK], inputs[at + 2 * BIAS_BLOCK], inputs[at + 3 * BIAS_BLOCK]));
  // Of the block of the bias only the first row is kept.
  return mat4x4f(select(a[0], vec4f(f32(BIAS)), r == BIAS_BLOCK), a[1], a[2], a[3]);
}
