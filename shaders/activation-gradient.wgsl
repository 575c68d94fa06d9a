// The derivative of an activation, where no other kernel takes it in: input_gradient = gradient * f'(saved), [ROWS, CHANNELS].

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read> saved: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> input_gradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= ROWS * ((CHANNELS + 3) / 4)) { return; }
  input_gradient[i] = gradient[i] * derivative(saved[i]);
}
