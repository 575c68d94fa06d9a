// RMSProp in the form of PyTorch's (after Hinton, Neural Networks for Machine Learning, lecture 6e):
//   g <- gradient + decay p,   v <- rho v + (1 - rho) g^2,   p <- p - rate g / (sqrt(v) + epsilon)

fn update(i: u32, gradient: vec4f, decay: vec4f) {
  let p = parameters[i];
  let g = gradient + decay * p;
  let v = RHO * second[i] + ONE_MINUS_RHO * g * g;
  second[i] = v;
  parameters[i] = p - learning_rate() * g / (sqrt(v) + EPSILON);
}
