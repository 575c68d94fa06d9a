// The way back from a flattened image: four channels an invocation, times the derivative of the image's own activation.

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> saved: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> input_gradient: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;
const FROM = (POSITIONS * CHANNELS + 3) / 4 * 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= ROWS * POSITIONS * BLOCKS) { return; }
  let position = i / BLOCKS;
  let channel = i % BLOCKS * 4;
  let at = position / POSITIONS * FROM + position % POSITIONS * CHANNELS + channel;
  var g = vec4f();
  for (var j = 0u; j < 4 && channel + j < CHANNELS; j++) { g[j] = gradient[at + j]; }
  input_gradient[i] = g * derivative(saved[i]);
}
