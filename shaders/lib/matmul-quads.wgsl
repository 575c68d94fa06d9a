// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks), without barriers and with half the loads of
// `blocks`: the four invocations of a quad load one block of A and one of B each, and swap those of A until each B has met all
// four. Each keeps four blocks of C, of four rows of blocks, in registers. For software adapters that have subgroups: there a
// load costs as much as 18 multiply-adds, and this is 1.1 to 3 times as fast as `blocks`, mostly 1.5. With twice as many blocks
// it was no faster for dense layers and slower for convolutions, with four times as many half as fast.

fn swap_x(a: mat4x4f) -> mat4x4f {
  return mat4x4f(quadSwapX(a[0]), quadSwapX(a[1]), quadSwapX(a[2]), quadSwapX(a[3]));
}

fn swap_y(a: mat4x4f) -> mat4x4f {
  return mat4x4f(quadSwapY(a[0]), quadSwapY(a[1]), quadSwapY(a[2]), quadSwapY(a[3]));
}

fn swap_diagonal(a: mat4x4f) -> mat4x4f {
  return mat4x4f(quadSwapDiagonal(a[0]), quadSwapDiagonal(a[1]), quadSwapDiagonal(a[2]), quadSwapDiagonal(a[3]));
}

// The invocations of a quad follow each other, so that one with number i in its quad swaps with i ^ 1, i ^ 2 and i ^ 3.
@compute @workgroup_size(4 * QUADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  const QUAD_COLUMNS = (S + 3) / 4;
  let quad = (group.y + group.z * groups.y) * QUADS + index / 4;
  let lane = index % 4;
  let r = quad / QUAD_COLUMNS * 4;
  let s = quad % QUAD_COLUMNS * 4 + lane;
  // Nobody leaves early: the others of the quad need what it loads.
  let row = row_at(min(r + lane, R - 1));
  let column = min(s, S - 1);
  var step = step_at(0);
  var c0 = mat4x4f();
  var c1 = mat4x4f();
  var c2 = mat4x4f();
  var c3 = mat4x4f();
  for (var t = 0u; t < T; t++) {
    let a = load_a(row, step);
    let b = load_b(step, column);
    c0 = multiply(c0, a, b);
    c1 = multiply(c1, swap_x(a), b);
    c2 = multiply(c2, swap_y(a), b);
    c3 = multiply(c3, swap_diagonal(a), b);
    step = next(step);
  }
  if (s >= S) { return; }
  if (r + lane < R) { store(r + lane, s, c0); }
  if (r + (lane ^ 1) < R) { store(r + (lane ^ 1), s, c1); }
  if (r + (lane ^ 2) < R) { store(r + (lane ^ 2), s, c2); }
  if (r + (lane ^ 3) < R) { store(r + (lane ^ 3), s, c3); }
}
