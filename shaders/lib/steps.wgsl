// Steps along the inner dimension of a dense layer's product: nothing but their number.

struct Step { t: u32 }

fn step_at(t: u32) -> Step {
  return Step(t);
}

fn next(step: Step) -> Step {
  return Step(step.t + 1);
}
