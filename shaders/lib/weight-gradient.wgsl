// What the gradients of weights have in common: a product with `gradient`, whose rows are stepped through four at a time from
// `row` on, which `take` takes. The bias is the row of blocks after the weights', BIAS_BLOCK, and only one row of it.

const R = BIAS_BLOCK + 1;
const S = (OUTPUT_COLUMNS + 3) / 4;
const W = WEIGHTS / 4;

fn load_b(step: Step, s: u32) -> mat4x4f {
  let at = step.row * S + s;
  return mat4x4f(gradient[at], gradient[at + S], gradient[at + 2 * S], gradient[at + 3 * S]);
}

fn store_row(row: u32, s: u32, values: vec4f) {
  if (row <= 4 * BIAS_BLOCK) { take(W + row * S + s, row == 4 * BIAS_BLOCK, values); }
}

fn store(r: u32, s: u32, c: mat4x4f) {
  store_row(4 * r, s, c[0]);
  store_row(4 * r + 1, s, c[1]);
  store_row(4 * r + 2, s, c[2]);
  store_row(4 * r + 3, s, c[3]);
}
