// Gradient descent with momentum and L2 weight decay on the whole network at once, in the form of PyTorch's SGD:
//   g <- gradient + decay p,   v <- momentum v + g,   p <- p - rate v                (after Sutskever et al. 2013, eq. 1-2)
// With NESTEROV: p <- p - rate (g + momentum v). Without momentum the velocity is left alone.

@group(0) @binding(5) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> parameters: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= COUNT / 4) { return; }
  let p = parameters[i];
  let g = clipped_gradient(i) + decay_of(i) * p;
  var v = g;
  if (MOMENTUM > 0) {
    v += MOMENTUM * velocity[i];
    velocity[i] = v;
  }
  parameters[i] = p - learning_rate() * select(v, g + MOMENTUM * v, NESTEROV == 1);
}
