// Batch normalisation: outputs = gamma (inputs - mean) / sqrt(variance + epsilon) + beta. Gamma and beta are zero in the padding.

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> statistics: array<vec4f>; // mean, 1 / sqrt(variance + epsilon)
@group(0) @binding(2) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> outputs: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= ROWS * BLOCKS) { return; }
  let block = i % BLOCKS;
  let normal = (inputs[i] - statistics[block]) * statistics[BLOCKS + block];
  outputs[i] = parameters[SCALE / 4 + block] * normal + parameters[SHIFT / 4 + block];
}
