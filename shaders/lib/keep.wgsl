// Takes the gradients of weights and bias as they are made: keeps them.

fn take(i: u32, is_bias: bool, values: vec4f) {
  gradients[i] = values;
}
