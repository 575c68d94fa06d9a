// RMSProp on the whole network at once, in the form of PyTorch's (after Hinton, Neural Networks for Machine Learning, lecture 6e):
//   g <- gradient + decay p,   v <- rho v + (1 - rho) g^2,   p <- p - rate g / (sqrt(v) + epsilon)

@group(0) @binding(5) var<storage, read_write> second: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> parameters: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= COUNT / 4) { return; }
  let p = parameters[i];
  let g = clipped_gradient(i) + decay_of(i) * p;
  let v = RHO * second[i] + ONE_MINUS_RHO * g * g;
  second[i] = v;
  parameters[i] = p - learning_rate() * g / (sqrt(v) + EPSILON);
}
