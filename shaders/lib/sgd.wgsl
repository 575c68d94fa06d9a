// Gradient descent with momentum and L2 weight decay, in the form of PyTorch's SGD:
//   g <- gradient + decay p,   v <- momentum v + g,   p <- p - rate v                (after Sutskever et al. 2013, eq. 1-2)
// With NESTEROV: p <- p - rate (g + momentum v). Without momentum the velocity is left alone.

fn update(i: u32, gradient: vec4f, decay: vec4f) {
  let p = parameters[i];
  let g = gradient + decay * p;
  var v = g;
  if (MOMENTUM > 0) {
    v += MOMENTUM * velocity[i];
    velocity[i] = v;
  }
  parameters[i] = p - learning_rate() * select(v, g + MOMENTUM * v, NESTEROV == 1);
}
