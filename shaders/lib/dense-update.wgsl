// Takes the gradients of a dense layer's weights and bias as they are made: keeps them, and lets the optimizer change the parameters.
// So gradients need no dispatch of their own for the optimizer. With COUNTS 1, which ends the step, one invocation also sums the losses
// and hits that the head has left behind the layer's gradient (dense-head.wgsl), and counts the step.

const SCORES = (ROWS + 3) / 4; // each of four rows

fn step_number() -> u32 {
  return state[2];
}

fn learning_rate() -> f32 {
  let slot = state[2] % SLOTS;
  return rates[slot / 4][slot % 4];
}

fn take(i: u32, is_bias: bool, values: vec4f) {
  gradients[i] = values;
  update(i, values, vec4f(select(DECAY, 0, is_bias)));
  if (COUNTS == 1 && i == W) { end_step(); }
}

fn end_step() {
  var sum = vec4f();
  for (var j = 0u; j < SCORES; j++) { sum += gradient[4 * SCORES * S + j]; }
  history[state[2] % SLOTS] = sum.xy;
  state[0] = state[2] + 1;
}
