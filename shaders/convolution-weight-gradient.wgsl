// Gradient of a convolution's weights and bias, into their places in `gradients`:
//   W gradient = patches^T . gradient,   bias gradient = sum of gradient over rows and positions
// The bias is one more row of the weights, whose input is always one; with BIAS 0 it gets no gradient.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;

const R = PATCH + 1;
const T = (POSITIONS + 3) / 4;
const S = (FILTERS + 3) / 4;
const W = WEIGHTS / 4;

fn load_a(r: u32, t: u32) -> mat4x4f {
  if (r == PATCH) { return mat4x4f(vec4f(f32(BIAS)), vec4f(0), vec4f(0), vec4f(0)); }
  return transpose(mat4x4f(patch_at(4 * t, r), patch_at(4 * t + 1, r), patch_at(4 * t + 2, r), patch_at(4 * t + 3, r)));
}

fn load_b(t: u32, s: u32) -> mat4x4f {
  let at = 4 * t * S + s;
  return mat4x4f(gradient[at], gradient[at + S], gradient[at + 2 * S], gradient[at + 3 * S]);
}

fn store(r: u32, s: u32, c: mat4x4f) {
  var rows = c; // some compilers index only variables by a variable
  let count = select(4u, 1u, r == PATCH);
  for (var i = 0u; i < count; i++) { gradients[W + (4 * r + i) * S + s] = rows[i]; }
}
