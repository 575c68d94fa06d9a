// Dense layer: outputs = activation(inputs . W + bias), with W [INPUTS, OUTPUTS] and then its bias in `parameters`.

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> outputs: array<vec4f>;

const R = (ROWS + 3) / 4;
const T = (INPUTS + 3) / 4;
const S = (OUTPUTS + 3) / 4;
const W = WEIGHTS / 4;

fn load_a(r: u32, t: u32) -> mat4x4f {
  let at = 4 * r * T + t;
  return mat4x4f(inputs[at], inputs[at + T], inputs[at + 2 * T], inputs[at + 3 * T]);
}

fn load_b(t: u32, s: u32) -> mat4x4f {
  let at = W + 4 * t * S + s;
  return mat4x4f(parameters[at], parameters[at + S], parameters[at + 2 * S], parameters[at + 3 * S]);
}

fn store(r: u32, s: u32, c: mat4x4f) {
  var rows = c; // some compilers index only variables by a variable
  let bias = parameters[W + 4 * T * S + s];
  let inside = vec4u(4 * s) + vec4u(0, 1, 2, 3) < vec4u(OUTPUTS);
  for (var i = 0u; i < 4 && 4 * r + i < ROWS; i++) {
    outputs[(4 * r + i) * S + s] = select(vec4f(0), activate(rows[i] + bias), inside);
  }
}
