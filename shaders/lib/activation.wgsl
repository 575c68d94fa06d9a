// The activation of a kernel that has one.

fn activate(x: vec4f) -> vec4f {
  return activate_by(ACTIVATION, x);
}

fn derivative(saved: vec4f) -> vec4f {
  return derivative_by(ACTIVATION, saved);
}
