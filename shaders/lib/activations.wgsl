// Activation functions and their derivatives; the number of one is a constant everywhere, so only one branch is compiled.
//   linear 0, sigmoid 1, tanh 2, ReLU 3, GELU 4 (tanh form, Hendrycks & Gimpel 2016, section 2)
// Arguments of exp and tanh are clamped where the result no longer changes in float32: WGSL leaves overflow undefined.

const GELU_SCALE = 0.7978845608028654; // sqrt(2 / pi)
const GELU_CUBIC = 0.044715;

fn safe_tanh(x: vec4f) -> vec4f {
  return tanh(clamp(x, vec4f(-10), vec4f(10)));
}

fn activate_by(activation: u32, x: vec4f) -> vec4f {
  switch activation {
    case 1u { return 1 / (1 + exp(-clamp(x, vec4f(-80), vec4f(80)))); }
    case 2u { return safe_tanh(x); }
    case 3u { return max(x, vec4f(0)); }
    case 4u { return 0.5 * x * (1 + safe_tanh(GELU_SCALE * (x + GELU_CUBIC * x * x * x))); }
    default { return x; }
  }
}

// From what the forward pass saved: the activation's own output, or for GELU the value before it.
fn derivative_by(activation: u32, saved: vec4f) -> vec4f {
  switch activation {
    case 1u { return saved * (1 - saved); }
    case 2u { return 1 - saved * saved; }
    case 3u { return select(vec4f(0), vec4f(1), saved > vec4f(0)); }
    case 4u {
      let t = safe_tanh(GELU_SCALE * (saved + GELU_CUBIC * saved * saved * saved));
      return 0.5 * (1 + t) + 0.5 * saved * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * saved * saved);
    }
    default { return vec4f(1); }
  }
}
