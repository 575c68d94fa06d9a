// Flattens images whose channels are padded: the channels of all positions side by side. One invocation moves a value.

@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<f32>;

const FROM = (CHANNELS + 3) / 4 * 4;
const VALUES = POSITIONS * CHANNELS;
const TO = (VALUES + 3) / 4 * 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= ROWS * VALUES) { return; }
  outputs[i / VALUES * TO + i % VALUES] = inputs[i / CHANNELS * FROM + i % CHANNELS];
}
