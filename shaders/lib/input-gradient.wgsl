// What an input gradient stores: a product times the derivative at what the input's own activation saved; `saved` and
// `input_gradient` [INPUT_ROWS, 4 S].

fn store_row(row: u32, s: u32, values: vec4f) {
  if (row < INPUT_ROWS) { input_gradient[row * S + s] = values * derivative(saved[row * S + s]); }
}

fn store(r: u32, s: u32, c: mat4x4f) {
  store_row(4 * r, s, c[0]);
  store_row(4 * r + 1, s, c[1]);
  store_row(4 * r + 2, s, c[2]);
  store_row(4 * r + 3, s, c[3]);
}
