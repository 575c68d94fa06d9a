// Outputs and their gradient where each has an array of its own.

fn output_at(at: u32) -> f32 {
  return outputs[at];
}

fn keep_gradient(at: u32, value: f32) {
  gradient[at] = value;
}
