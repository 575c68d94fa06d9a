// What a head does with the gradient of its outputs: the gradient of its input.

@group(0) @binding(5) var<storage, read_write> input_gradient: array<vec4f>;

fn backward(group: vec2u, index: u32) {
  for (var k = 0u; k < (T + LANES - 1) / LANES; k++) {
    let t = index + k * LANES;
    if (t >= T) { break; }
    var c = mat4x4f();
    for (var s = 0u; s < S; s++) {
      let rows = mat4x4f(gradient_at(0, s), gradient_at(1, s), gradient_at(2, s), gradient_at(3, s));
      c = multiply(c, rows, transpose(weights(W + 4 * t * S + s, S)));
    }
    store_gradient(group, 0, t, c[0]);
    store_gradient(group, 1, t, c[1]);
    store_gradient(group, 2, t, c[2]);
    store_gradient(group, 3, t, c[3]);
  }
  backward_below(group, index);
}

fn store_gradient(group: vec2u, row: u32, t: u32, values: vec4f) {
  let at = (4 * group.x + row) * T + t;
  let made = values * derivative_by(INPUT_ACTIVATION, inputs[at]);
  if (group.y == 0 && 4 * group.x + row < ROWS) { input_gradient[at] = made; }
  pass_below(row, t, made);
}
