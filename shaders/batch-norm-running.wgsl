// Statistics for use outside training, from the running ones: mean, 1 / sqrt(variance + epsilon).

@group(0) @binding(0) var<storage, read> running: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = id.x;
  if (block >= BLOCKS) { return; }
  let inside = vec4u(4 * block) + vec4u(0, 1, 2, 3) < vec4u(CHANNELS);
  statistics[block] = running[MEAN / 4 + block];
  statistics[BLOCKS + block] = select(vec4f(0), 1 / sqrt(running[VARIANCE / 4 + block] + EPSILON), inside);
}
