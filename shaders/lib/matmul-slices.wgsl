// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks), with few outputs and a long inner dimension, such as
// the whole batch in gradients of weights: T is cut into SLICES of STEPS blocks (split-K). A workgroup of `main` makes a tile of one
// slice (lib/tile.wgsl), and one of `finish` adds up the slices of a block, always in the same order (lib/total.wgsl).

const PANELS = STEPS / PANEL;

// Block (r, s) of a slice at (slice * R + r) * S + s.
@group(0) @binding(3) var<storage, read_write> slices: array<mat4x4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let first = tile.z * STEPS;
  let made = product_of(tile.y * TILE, tile.x * TILE, first, min(first + STEPS, T), local.xy);
  let r = tile.y * TILE + local.y;
  let s = tile.x * TILE + local.x;
  let at = (tile.z * R + r) * S + s;
  if (r < R && s < S) { slices[at] = made.c00; }
  if (SPAN > 1) {
    if (r < R && s + SIDE < S) { slices[at + SIDE] = made.c01; }
    if (r + SIDE < R && s < S) { slices[at + SIDE * S] = made.c10; }
    if (r + SIDE < R && s + SIDE < S) { slices[at + SIDE * S + SIDE] = made.c11; }
  }
}

@compute @workgroup_size(PARTS)
fn finish(@builtin(workgroup_id) block: vec3u, @builtin(local_invocation_index) index: u32) {
  var sum = mat4x4f();
  for (var k = 0u; k < (SLICES + PARTS - 1) / PARTS; k++) {
    let slice = index + k * PARTS;
    if (slice < SLICES) { sum += slices[(slice * R + block.y) * S + block.x]; }
  }
  let total = total_of(sum, index);
  if (index == 0) { store(block.y, block.x, total); }
}
