// Gradient of a dense layer's input, before the input's own activation f:
//   input_gradient = (gradient . W^T) * f'(saved)            with W [INPUTS, OUTPUTS] in `parameters`

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> saved: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> input_gradient: array<vec4f>;

const R = (ROWS + 3) / 4;
const T = (OUTPUTS + 3) / 4;
const S = (INPUTS + 3) / 4;
const W = WEIGHTS / 4;
const INPUT_ROWS = ROWS;

alias Row = u32; // where the first of four rows starts

fn row_at(r: u32) -> Row {
  return 4 * r * T;
}

fn load_a(row: Row, step: Step) -> mat4x4f {
  let at = row + step.t;
  return mat4x4f(gradient[at], gradient[at + T], gradient[at + 2 * T], gradient[at + 3 * T]);
}

fn load_b(step: Step, s: u32) -> mat4x4f {
  let at = W + 4 * s * T + step.t;
  return transpose(mat4x4f(parameters[at], parameters[at + T], parameters[at + 2 * T], parameters[at + 3 * T]));
}
