// Gradient descent with momentum on the whole network at once, in the form of PyTorch's SGD:
//   v <- momentum v + g,   p <- p - rate v                    (after Sutskever et al. 2013, eq. 1-2)

@group(0) @binding(0) var<storage, read> settings: array<f32>; // learning rate
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> parameters: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= COUNT / 4) { return; }
  let v = MOMENTUM * velocity[i] + gradients[i];
  velocity[i] = v;
  parameters[i] -= settings[0] * v;
}
