// Gradient of batch normalisation's input, before the input's own activation f, with x^ the normalised input
// (Ioffe & Szegedy 2015, section 3, put together):
//   f'(saved) * gamma / sqrt(variance + epsilon) * (gradient - (beta gradient + x^ * gamma gradient) / ROWS)

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>; // mean, 1 / sqrt(variance + epsilon)
@group(0) @binding(3) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(4) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(5) var<storage, read> saved: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> input_gradient: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= ROWS * BLOCKS) { return; }
  let block = i % BLOCKS;
  let scale = statistics[BLOCKS + block];
  let normal = (inputs[i] - statistics[block]) * scale;
  let mean_gradient = (gradients[SHIFT / 4 + block] + normal * gradients[SCALE / 4 + block]) / f32(ROWS);
  input_gradient[i] = parameters[SCALE / 4 + block] * scale * (gradient[i] - mean_gradient) * derivative(saved[i]);
}
