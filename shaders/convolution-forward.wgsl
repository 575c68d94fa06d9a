// Convolution: outputs = activation(patches . W + bias), with W [KERNEL KERNEL, CHANNELS, FILTERS] and then its bias in
// `parameters`; a patch is the part of the input under the kernel (lib/patch.wgsl).

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> outputs: array<vec4f>;

const R = (POSITIONS + 3) / 4;
const T = PATCH;
const S = (FILTERS + 3) / 4;
const W = WEIGHTS / 4;

fn load_a(r: u32, t: u32) -> mat4x4f {
  return mat4x4f(patch_at(4 * r, t), patch_at(4 * r + 1, t), patch_at(4 * r + 2, t), patch_at(4 * r + 3, t));
}

fn load_b(t: u32, s: u32) -> mat4x4f {
  let at = W + 4 * t * S + s;
  return mat4x4f(parameters[at], parameters[at + S], parameters[at + 2 * S], parameters[at + 3 * S]);
}

fn store(r: u32, s: u32, c: mat4x4f) {
  var rows = c; // some compilers index only variables by a variable
  let bias = parameters[W + 4 * T * S + s];
  let inside = vec4u(4 * s) + vec4u(0, 1, 2, 3) < vec4u(FILTERS);
  for (var i = 0u; i < 4 && 4 * r + i < POSITIONS; i++) {
    outputs[(4 * r + i) * S + s] = select(vec4f(0), activate(rows[i] + bias), inside);
  }
}
