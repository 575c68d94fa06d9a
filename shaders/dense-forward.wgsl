// Dense layer: outputs = activation(inputs . W + bias), with W [INPUTS, OUTPUTS] and then its bias in `parameters`.

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> outputs: array<vec4f>;

const R = (ROWS + 3) / 4;
const T = (INPUTS + 3) / 4;
const OUTPUT_ROWS = ROWS;
const OUTPUT_COLUMNS = OUTPUTS;

alias Row = u32; // where the first of four rows starts

fn row_at(r: u32) -> Row {
  return 4 * r * T;
}

fn load_a(row: Row, step: Step) -> mat4x4f {
  let at = row + step.t;
  return mat4x4f(inputs[at], inputs[at + T], inputs[at + 2 * T], inputs[at + 3 * T]);
}
