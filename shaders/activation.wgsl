// An activation function on its own: outputs = activation(inputs), [ROWS, CHANNELS].
// Behind the channels stands padding, which stays zero also where the activation is not zero at zero.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> outputs: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= ROWS * BLOCKS) { return; }
  let inside = vec4u(i % BLOCKS * 4) + vec4u(0, 1, 2, 3) < vec4u(CHANNELS);
  outputs[i] = select(vec4f(0), activate(inputs[i]), inside);
}
