// Matrix product C[R, S] = A[R, T] . B[T, S] in 4x4 blocks (sizes count blocks), through workgroup memory: 64 invocations
// share a tile of C, each keeping ROW_BLOCKS x COLUMN_BLOCKS blocks of it in registers, and walk along T in panels of 8
// blocks that they load together. For GPUs, where a barrier is nearly free. The kernel gives R, S, T, load_a, load_b and
// store; a block is four rows, each a vec4. Rows of a block lie TILE_R * 8 (or 8 * TILE_S) apart in workgroup memory, so that
// neighbouring invocations touch neighbouring vec4s.

const SIDE = 8u; // invocations along each side of a tile
const PANEL = 8u; // blocks of T in a panel
const TILE_R = SIDE * ROW_BLOCKS;
const TILE_S = SIDE * COLUMN_BLOCKS;

var<workgroup> panel_a: array<array<vec4f, TILE_R * PANEL>, 4>;
var<workgroup> panel_b: array<array<vec4f, PANEL * TILE_S>, 4>;

fn multiply(c: mat4x4f, a: mat4x4f, b: mat4x4f) -> mat4x4f {
  return mat4x4f(
    c[0] + a[0].x * b[0] + a[0].y * b[1] + a[0].z * b[2] + a[0].w * b[3],
    c[1] + a[1].x * b[0] + a[1].y * b[1] + a[1].z * b[2] + a[1].w * b[3],
    c[2] + a[2].x * b[0] + a[2].y * b[1] + a[2].z * b[2] + a[2].w * b[3],
    c[3] + a[3].x * b[0] + a[3].y * b[1] + a[3].z * b[2] + a[3].w * b[3],
  );
}

fn shared_a(at: u32) -> mat4x4f {
  return mat4x4f(panel_a[0][at], panel_a[1][at], panel_a[2][at], panel_a[3][at]);
}

fn shared_b(at: u32) -> mat4x4f {
  return mat4x4f(panel_b[0][at], panel_b[1][at], panel_b[2][at], panel_b[3][at]);
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let r0 = tile.y * TILE_R;
  let s0 = tile.x * TILE_S;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var t0 = 0u; t0 < T; t0 += PANEL) {
    for (var i = index; i < TILE_R * PANEL; i += SIDE * SIDE) {
      let r = r0 + i / PANEL;
      let t = t0 + i % PANEL;
      var a = mat4x4f();
      if (r < R && t < T) { a = load_a(r, t); }
      for (var j = 0u; j < 4; j++) { panel_a[j][i] = a[j]; }
    }
    for (var i = index; i < PANEL * TILE_S; i += SIDE * SIDE) {
      let t = t0 + i / TILE_S;
      let s = s0 + i % TILE_S;
      var b = mat4x4f();
      if (t < T && s < S) { b = load_b(t, s); }
      for (var j = 0u; j < 4; j++) { panel_b[j][i] = b[j]; }
    }
    workgroupBarrier();
    for (var t = 0u; t < PANEL; t++) {
      let a0 = shared_a(local.y * PANEL + t);
      let b0 = shared_b(t * TILE_S + local.x);
      c00 = multiply(c00, a0, b0);
      if (COLUMN_BLOCKS > 1) {
        let b1 = shared_b(t * TILE_S + local.x + SIDE);
        c01 = multiply(c01, a0, b1);
        if (ROW_BLOCKS > 1) {
          let a1 = shared_a((local.y + SIDE) * PANEL + t);
          c10 = multiply(c10, a1, b0);
          c11 = multiply(c11, a1, b1);
        }
      } else if (ROW_BLOCKS > 1) {
        c10 = multiply(c10, shared_a((local.y + SIDE) * PANEL + t), b0);
      }
    }
    workgroupBarrier();
  }
  let r = r0 + local.y;
  let s = s0 + local.x;
  if (r < R && s < S) { store(r, s, c00); }
  if (COLUMN_BLOCKS > 1 && r < R && s + SIDE < S) { store(r, s + SIDE, c01); }
  if (ROW_BLOCKS > 1 && r + SIDE < R && s < S) { store(r + SIDE, s, c10); }
  if (ROW_BLOCKS > 1 && COLUMN_BLOCKS > 1 && r + SIDE < R && s + SIDE < S) { store(r + SIDE, s + SIDE, c11); }
}
