// Activation functions: the same definitions as shaders/lib/activations.wgsl.

/** Activations by name; the number is the kernels' ACTIVATION constant. */
export const ACTIVATIONS = { linear: 0, sigmoid: 1, tanh: 2, relu: 3, gelu: 4 } as const
export type ActivationName = keyof typeof ACTIVATIONS

const { sigmoid, tanh, relu, gelu } = ACTIVATIONS

// GELU by its tanh form (Hendrycks & Gimpel 2016, section 2): x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
const GELU_SCALE = Math.sqrt(2 / Math.PI)
const GELU_CUBIC = 0.044715

/** Value of the activation. */
export function activate(activation: number, x: number): number {
  switch (activation) {
    case sigmoid:
      return 1 / (1 + Math.exp(-x))
    case tanh:
      return Math.tanh(x)
    case relu:
      return Math.max(x, 0)
    case gelu:
      return 0.5 * x * (1 + Math.tanh(GELU_SCALE * (x + GELU_CUBIC * x * x * x)))
    default:
      return x
  }
}

/**
 * Derivative of the activation from what the forward pass saved: its output; for GELU, whose derivative does not follow
 * from its output, its input.
 */
export function derivative(activation: number, saved: number): number {
  switch (activation) {
    case sigmoid:
      return saved * (1 - saved)
    case tanh:
      return 1 - saved * saved
    case relu:
      return saved > 0 ? 1 : 0
    case gelu: {
      const t = Math.tanh(GELU_SCALE * (saved + GELU_CUBIC * saved * saved * saved))
      return 0.5 * (1 + t) + 0.5 * saved * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * saved * saved)
    }
    default:
      return 1
  }
}
