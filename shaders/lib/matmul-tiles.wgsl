// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks): a workgroup makes a tile of C (lib/tile.wgsl).

const PANELS = (T + PANEL - 1) / PANEL;

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let r0 = (tile.y + tile.z * tiles.y) * TILE;
  let s0 = tile.x * TILE;
  let made = product_of(r0, s0, 0, T, local.xy);
  let r = r0 + local.y;
  let s = s0 + local.x;
  if (r < R && s < S) { store(r, s, made.c00); }
  if (SPAN > 1) {
    if (r < R && s + SIDE < S) { store(r, s + SIDE, made.c01); }
    if (r + SIDE < R && s < S) { store(r + SIDE, s, made.c10); }
    if (r + SIDE < R && s + SIDE < S) { store(r + SIDE, s + SIDE, made.c11); }
  }
}
