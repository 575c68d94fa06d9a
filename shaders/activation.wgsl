// An activation function on its own, for those whose derivative needs the value before it (GELU):
//   outputs = activation(inputs)
// Padding stays zero, because every such activation is zero at zero.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= COUNT / 4) { return; }
  outputs[i] = activate(inputs[i]);
}
