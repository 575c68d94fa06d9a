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

fn load_a(r: u32, t: u32) -> mat4x4f {
  let at = 4 * r * T + t;
  return mat4x4f(gradient[at], gradient[at + T], gradient[at + 2 * T], gradient[at + 3 * T]);
}

fn load_b(t: u32, s: u32) -> mat4x4f {
  let at = W + 4 * s * T + t;
  return transpose(mat4x4f(parameters[at], parameters[at + T], parameters[at + 2 * T], parameters[at + 3 * T]));
}

fn store(r: u32, s: u32, c: mat4x4f) {
  var rows = c; // some compilers index only variables by a variable
  for (var i = 0u; i < 4 && 4 * r + i < ROWS; i++) {
    let at = (4 * r + i) * S + s;
    input_gradient[at] = rows[i] * derivative(saved[at]);
  }
}
