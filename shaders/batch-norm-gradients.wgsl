// Gradients of gamma and beta, into their places in `gradients`: the sums of all chunks.

@group(0) @binding(0) var<storage, read> sums: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> gradients: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = id.x;
  if (block >= BLOCKS) { return; }
  var scale = vec4f();
  var shift = vec4f();
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    scale += sums[2 * chunk * BLOCKS + block];
    shift += sums[(2 * chunk + 1) * BLOCKS + block];
  }
  gradients[SCALE / 4 + block] = scale;
  gradients[SHIFT / 4 + block] = shift;
}
