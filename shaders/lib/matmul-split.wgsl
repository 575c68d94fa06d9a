// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks), for products with few outputs and a long inner
// dimension, whose tiles would leave most of a GPU idle: a workgroup makes one block of C. Its invocations share out the steps
// along T among them and add up what they have (lib/total.wgsl).

@compute @workgroup_size(PARTS)
fn main(
  @builtin(workgroup_id) block: vec3u,
  @builtin(num_workgroups) blocks: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let r = block.y + block.z * blocks.y;
  let s = block.x;
  let row = row_at(min(r, R - 1));
  var sum = mat4x4f();
  for (var k = 0u; k < (T + PARTS - 1) / PARTS; k++) {
    let t = index + k * PARTS;
    if (t < T) {
      let step = step_at(t);
      sum = multiply(sum, load_a(row, step), load_b(step, s));
    }
  }
  let total = total_of(sum, index);
  if (index == 0 && r < R) { store(r, s, total); }
}
