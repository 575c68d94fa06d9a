// The weights a forward pass multiplies by and the outputs it stores: W in `parameters` [4 T, 4 S] and then the bias;
// `outputs` [OUTPUT_ROWS, OUTPUT_COLUMNS].

const S = (OUTPUT_COLUMNS + 3) / 4;
const W = WEIGHTS / 4;

fn load_b(step: Step, s: u32) -> mat4x4f {
  let at = W + 4 * step.t * S + s;
  return mat4x4f(parameters[at], parameters[at + S], parameters[at + 2 * S], parameters[at + 3 * S]);
}

fn store_row(row: u32, s: u32, values: vec4f) {
  if (row < OUTPUT_ROWS) { outputs[row * S + s] = values; }
}

fn store(r: u32, s: u32, c: mat4x4f) {
  let bias = parameters[W + 4 * T * S + s];
  let inside = vec4u(4 * s) + vec4u(0, 1, 2, 3) < vec4u(OUTPUT_COLUMNS);
  store_row(4 * r, s, select(vec4f(0), activate(c[0] + bias), inside));
  store_row(4 * r + 1, s, select(vec4f(0), activate(c[1] + bias), inside));
  store_row(4 * r + 2, s, select(vec4f(0), activate(c[2] + bias), inside));
  store_row(4 * r + 3, s, select(vec4f(0), activate(c[3] + bias), inside));
}
