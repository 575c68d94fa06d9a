// The two losses, each with its gradient: shaders/lib/cross-entropy.wgsl and shaders/lib/quadratic.wgsl.

import { derivative } from './activation'
import { ceilDiv, type Floats, kernel, pad4, shader, type Workgroups } from './kernel'

/** Place of the largest of `count` values from `at` on, the first of equals. */
function argmax(values: Floats, at: number, count: number): number {
  let best = 0
  for (let j = 1; j < count; j++) if (values[at + j] > values[at + best]) best = j
  return best
}

/** Both losses have an invocation for each row. */
const workgroups = ({ ROWS }: { ROWS: number }): Workgroups => [ceilDiv(ROWS, 64)]
const rounds = ({ CLASSES }: { CLASSES: number }) => CLASSES

/** The constants that both losses have: rows of the batch, and classes. */
export const lossConstants = (rows: number, classes: number) => ({ ROWS: rows, CLASSES: classes })

/**
 * Softmax and cross-entropy, with a share SMOOTHING of each target spread over all classes (Szegedy et al. 2016, section 7).
 * `outputs`, the logits, and `gradient` [ROWS, CLASSES], `targets`, `losses`, `hits` [ROWS]; the gradient is
 * of the mean loss over the batch. A target of CLASSES means no class (see NO_DIGIT); a larger one (NO_LABEL) gives zeros.
 */
export const softmaxCrossEntropy = kernel({
  name: 'softmax-cross-entropy',
  constants: { ROWS: 'u32', CLASSES: 'u32', SMOOTHING: 'f32' },
  bindings: { outputs: 'read f32', targets: 'read u32', gradient: 'write f32', losses: 'write f32', hits: 'write f32' },
  variants: {
    default: { wgsl: shader('lib/outputs', 'lib/cross-entropy', 'softmax-cross-entropy'), workgroups, rounds },
  },
  reference({ ROWS, CLASSES, SMOOTHING }, { outputs, targets, gradient, losses, hits }) {
    const stride = pad4(CLASSES)
    for (let row = 0; row < ROWS; row++) {
      const at = row * stride
      const label = targets[row]
      const known = label <= CLASSES
      const smoothing = label === CLASSES ? 1 : SMOOTHING
      const best = argmax(outputs, at, CLASSES)
      const top = outputs[at + best]
      let sum = 0
      for (let j = 0; j < CLASSES; j++) sum += Math.exp(outputs[at + j] - top)
      let loss = Math.log(sum)
      for (let j = 0; j < CLASSES; j++) {
        const target = smoothing / CLASSES + (j === label ? 1 - smoothing : 0)
        const p = Math.exp(outputs[at + j] - top) / sum
        gradient[at + j] = known ? (p - target) / ROWS : 0
        loss -= target * (outputs[at + j] - top)
      }
      if (label === CLASSES) loss -= Math.log(CLASSES) // the entropy of its target, so that the best loss is zero
      losses[row] = known ? loss : 0
      hits[row] = label === CLASSES ? (sum > 2 ? 1 : 0) : best === label ? 1 : 0 // the largest share is 1 / sum
    }
  },
})

/**
 * Quadratic cost: half the squared error summed over the outputs. `outputs` [ROWS, CLASSES] after ACTIVATION; `gradient`
 * [ROWS, CLASSES] of the mean cost over the batch, before ACTIVATION; `targets`, `losses`, `hits` [ROWS]. Targets of no class as above.
 */
export const quadratic = kernel({
  name: 'quadratic',
  constants: { ROWS: 'u32', CLASSES: 'u32', ACTIVATION: 'u32' },
  bindings: { outputs: 'read f32', targets: 'read u32', gradient: 'write f32', losses: 'write f32', hits: 'write f32' },
  variants: {
    default: { wgsl: shader('lib/activations', 'lib/outputs', 'lib/quadratic', 'quadratic'), workgroups, rounds },
  },
  reference({ ROWS, CLASSES, ACTIVATION }, { outputs, targets, gradient, losses, hits }) {
    const stride = pad4(CLASSES)
    for (let row = 0; row < ROWS; row++) {
      const at = row * stride
      const label = targets[row]
      const known = label <= CLASSES
      const best = argmax(outputs, at, CLASSES)
      let loss = 0
      for (let j = 0; j < CLASSES; j++) {
        const a = outputs[at + j]
        const difference = a - (j === label ? 1 : 0)
        loss += 0.5 * difference * difference
        gradient[at + j] = known ? (difference * derivative(ACTIVATION, a)) / ROWS : 0
      }
      losses[row] = known ? loss : 0
      hits[row] = label === CLASSES ? (outputs[at + best] < 0.5 ? 1 : 0) : best === label ? 1 : 0
    }
  },
})
