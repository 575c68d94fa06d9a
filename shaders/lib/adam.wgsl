// Adam (Kingma & Ba 2015, algorithm 1), t the number of this step, from 1, and weight decay apart from the gradient (AdamW,
// Loshchilov & Hutter 2019, algorithm 2):
//   m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2
//   p <- p - rate ((m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) + decay p)
// 1 - beta^t comes from expm1, because beta^t is close to 1 in the first steps and the difference would lose its digits.

fn expm1(x: f32) -> f32 {
  if (abs(x) > 0.25) { return exp(x) - 1; }
  return x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6 * (1 + x / 7))))));
}

fn update(i: u32, gradient: vec4f, decay: vec4f) {
  let t = f32(step_number() + 1);
  let m = BETA1 * first[i] + ONE_MINUS_BETA1 * gradient;
  let v = BETA2 * second[i] + ONE_MINUS_BETA2 * gradient * gradient;
  first[i] = m;
  second[i] = v;
  let m_hat = m / -expm1(t * LOG_BETA1);
  let v_hat = v / -expm1(t * LOG_BETA2);
  let p = parameters[i];
  parameters[i] = p - learning_rate() * (m_hat / (sqrt(v_hat) + EPSILON) + decay * p);
}
