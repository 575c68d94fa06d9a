// A head that makes the gradient of its input, and of the input of the dense layer below, whose W is [BELOW_INPUTS, INPUTS].

@group(0) @binding(6) var<storage, read> saved: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> below_gradient: array<vec4f>;

const BELOW = (BELOW_INPUTS + 3) / 4;

var<workgroup> passed: array<vec4f, 4 * T>; // the gradient of the four rows' inputs

fn pass_below(row: u32, t: u32, values: vec4f) {
  passed[row * T + t] = values;
}

fn backward_below(group: vec2u, index: u32) {
  workgroupBarrier();
  let b = group.y * LANES + index;
  if (b >= BELOW) { return; }
  var c = mat4x4f();
  for (var t = 0u; t < T; t++) {
    let rows = mat4x4f(passed[t], passed[T + t], passed[2 * T + t], passed[3 * T + t]);
    c = multiply(c, rows, transpose(weights(BELOW_WEIGHTS / 4 + 4 * b * T + t, T)));
  }
  store_below(4 * group.x, b, c[0]);
  store_below(4 * group.x + 1, b, c[1]);
  store_below(4 * group.x + 2, b, c[2]);
  store_below(4 * group.x + 3, b, c[3]);
}

fn store_below(row: u32, b: u32, values: vec4f) {
  let at = row * BELOW + b;
  if (row < ROWS) { below_gradient[at] = values * derivative_by(BELOW_ACTIVATION, saved[at]); }
}
