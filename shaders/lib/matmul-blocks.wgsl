// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks), without barriers: each invocation keeps
// ROW_BLOCKS x COLUMN_BLOCKS blocks of C in registers. For devices where a barrier is dear (software Vulkan: about 3 us per
// 64 invocations) and that have no subgroups.

@compute @workgroup_size(4, 2)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let r = (id.y + id.z * groups.y * 2) * ROW_BLOCKS;
  let s = id.x * COLUMN_BLOCKS;
  if (r >= R || s >= S) { return; }
  let r1 = min(r + 1, R - 1);
  let s1 = min(s + 1, S - 1);
  let row = row_at(r);
  let row1 = row_at(r1);
  var step = step_at(0);
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var t = 0u; t < T; t++) {
    let a0 = load_a(row, step);
    let b0 = load_b(step, s);
    c00 = multiply(c00, a0, b0);
    if (COLUMN_BLOCKS > 1) {
      let b1 = load_b(step, s1);
      c01 = multiply(c01, a0, b1);
      if (ROW_BLOCKS > 1) {
        let a1 = load_a(row1, step);
        c10 = multiply(c10, a1, b0);
        c11 = multiply(c11, a1, b1);
      }
    } else if (ROW_BLOCKS > 1) {
      c10 = multiply(c10, load_a(row1, step), b0);
    }
    step = next(step);
  }
  store(r, s, c00);
  if (COLUMN_BLOCKS > 1 && s1 > s) { store(r, s1, c01); }
  if (ROW_BLOCKS > 1 && r1 > r) {
    store(r1, s, c10);
    if (COLUMN_BLOCKS > 1 && s1 > s) { store(r1, s1, c11); }
  }
}
