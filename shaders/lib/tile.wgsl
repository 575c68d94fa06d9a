// A tile of a matrix product through workgroup memory: 64 invocations share a tile of C, each keeping SPAN x SPAN blocks (1 or 4) of it
// in registers, and walk along T in panels of 8 blocks that they load together. For GPUs, where a barrier is nearly free. Rows of a
// block lie TILE * PANEL apart in workgroup memory, so that neighbouring invocations touch neighbouring vec4s.

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

// Blocks of an invocation: at its place in the tile, SIDE columns to the right, SIDE rows below, and both.
struct Blocks { c00: mat4x4f, c01: mat4x4f, c10: mat4x4f, c11: mat4x4f }

// The product of the rows from block r0 and the columns from block s0 on, along T from `first` to before `last`: PANELS panels. Loops
// have constant bounds and nothing is indexed by a variable but memory, so that compilers can write them out.
fn product_of(r0: u32, s0: u32, first: u32, last: u32, local: vec2u) -> Blocks {
  let index = local.y * SIDE + local.x;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var panel = 0u; panel < PANELS; panel++) {
    let t0 = first + panel * PANEL;
    for (var k = 0u; k < SPAN; k++) {
      let i = index + k * SIDE * SIDE;
      let r = r0 + i / PANEL;
      let t = t0 + i % PANEL;
      var a = mat4x4f();
      if (r < R && t < last) { a = load_a(row_at(r), step_at(t)); }
      panel_a[0][i] = a[0];
      panel_a[1][i] = a[1];
      panel_a[2][i] = a[2];
      panel_a[3][i] = a[3];
    }
    for (var k = 0u; k < SPAN; k++) {
      let i = index + k * SIDE * SIDE;
      let t = t0 + i / TILE;
      let s = s0 + i % TILE;
      var b = mat4x4f();
      if (t < last && s < S) { b = load_b(step_at(t), s); }
      panel_b[0][i] = b[0];
      panel_b[1][i] = b[1];
      panel_b[2][i] = b[2];
      panel_b[3][i] = b[3];
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
  return Blocks(c00, c01, c10, c11);
}
