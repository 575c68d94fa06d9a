// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks), for products with few outputs and a long inner
// dimension, whose tiles would leave most of a GPU idle: a workgroup makes one block of C. Its 64 invocations share out the
// steps along T among them and add up what they have in workgroup memory, always in the same order.

const PARTS = 64u;

var<workgroup> partial: array<mat4x4f, PARTS>;

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
  for (var t = index; t < T; t += PARTS) {
    let step = step_at(t);
    sum = multiply(sum, load_a(row, step), load_b(step, s));
  }
  partial[index] = sum;
  for (var half = PARTS / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (index < half) { partial[index] += partial[index + half]; }
  }
  if (index == 0 && r < R) { store(r, s, partial[0]); }
}
