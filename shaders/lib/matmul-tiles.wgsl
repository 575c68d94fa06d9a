// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks), through workgroup memory: 64 invocations
// share a tile of C, each keeping SPAN x SPAN blocks (1 or 4) of it in registers, and walk along T in panels of 8
// blocks that they load together. For GPUs, where a barrier is nearly free. Rows of a block lie TILE * PANEL apart in
// workgroup memory, so that neighbouring invocations touch neighbouring vec4s.

const SIDE = 8u; // invocations along each side of a tile
const PANEL = 8u; // blocks of T in a panel
const TILE = SIDE * SPAN; // blocks of C along each side of a tile

var<workgroup> panel_a: array<array<vec4f, TILE * PANEL>, 4>;
var<workgroup> panel_b: array<array<vec4f, PANEL * TILE>, 4>;

fn shared_a(at: u32) -> mat4x4f {
  return mat4x4f(panel_a[0][at], panel_a[1][at], panel_a[2][at], panel_a[3][at]);
}

fn shared_b(at: u32) -> mat4x4f {
  return mat4x4f(panel_b[0][at], panel_b[1][at], panel_b[2][at], panel_b[3][at]);
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let r0 = (tile.y + tile.z * tiles.y) * TILE;
  let s0 = tile.x * TILE;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var t0 = 0u; t0 < T; t0 += PANEL) {
    for (var i = index; i < TILE * PANEL; i += SIDE * SIDE) {
      let r = r0 + i / PANEL;
      let t = t0 + i % PANEL;
      var a = mat4x4f();
      if (r < R && t < T) { a = load_a(row_at(r), step_at(t)); }
      for (var j = 0u; j < 4; j++) { panel_a[j][i] = a[j]; }
    }
    for (var i = index; i < PANEL * TILE; i += SIDE * SIDE) {
      let t = t0 + i / TILE;
      let s = s0 + i % TILE;
      var b = mat4x4f();
      if (t < T && s < S) { b = load_b(step_at(t), s); }
      for (var j = 0u; j < 4; j++) { panel_b[j][i] = b[j]; }
    }
    workgroupBarrier();
    for (var t = 0u; t < PANEL; t++) {
      let a0 = shared_a(local.y * PANEL + t);
      let b0 = shared_b(t * TILE + local.x);
      c00 = multiply(c00, a0, b0);
      if (SPAN > 1) {
        let a1 = shared_a((local.y + SIDE) * PANEL + t);
        let b1 = shared_b(t * TILE + local.x + SIDE);
        c01 = multiply(c01, a0, b1);
        c10 = multiply(c10, a1, b0);
        c11 = multiply(c11, a1, b1);
      }
    }
    workgroupBarrier();
  }
  let r = r0 + local.y;
  let s = s0 + local.x;
  if (r < R && s < S) { store(r, s, c00); }
  if (SPAN > 1) {
    if (r < R && s + SIDE < S) { store(r, s + SIDE, c01); }
    if (r + SIDE < R && s < S) { store(r + SIDE, s, c10); }
    if (r + SIDE < R && s + SIDE < S) { store(r + SIDE, s + SIDE, c11); }
  }
}
