// The last dense layer, the loss and the first input gradients in one dispatch: shaders/dense-head.wgsl.

import { denseForward, denseInputGradient, productFlops } from './dense'
import { ceilDiv, type Constants, type Floats, floatsLike, kernel, type Kernel, pad4, shader } from './kernel'
import { quadratic, softmaxCrossEntropy } from './losses'

/** The losses by the numbers that LOSS has. */
export const LOSSES = { 'cross-entropy': 0, quadratic: 1 } as const

/** Invocations of a workgroup: LANES of the shader. */
const LANES = 64

/** Floats behind the gradient of a head's outputs: the sums of losses and hits of each four rows, 0, 0. */
const scoresOf = (rows: number): number => pad4(rows)

/** Floats of `outputGradient` of a head: the gradient, and its scores. */
export const headFloats = (rows: number, outputs: number): number => pad4(rows) * pad4(outputs) + scoresOf(rows)

const constants = {
  ROWS: 'u32',
  INPUTS: 'u32',
  OUTPUTS: 'u32',
  WEIGHTS: 'u32',
  ACTIVATION: 'u32',
  LOSS: 'u32',
  SMOOTHING: 'f32',
  INPUT_ACTIVATION: 'u32',
} as const
const below = { BELOW_INPUTS: 'u32', BELOW_WEIGHTS: 'u32', BELOW_ACTIVATION: 'u32' } as const
type HeadConstants = Constants<keyof typeof constants>

const bindings = {
  parameters: 'read f32',
  inputs: 'read f32',
  targets: 'read u32',
  state: 'read-write u32',
  outputGradient: 'write f32',
} as const
type HeadBuffers = { readonly parameters: Floats; readonly inputs: Floats; readonly targets: Uint32Array } & {
  readonly state: Uint32Array
  readonly outputGradient: Floats
}

/** Of the invocations of a workgroup those that share out the inputs of a block of outputs: a power of two. */
function share(outputs: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, Math.floor(LANES / ceilDiv(outputs, 4)))))
}

function variants<C extends string>(files: readonly string[], depth: 0 | 1 | 2): Kernel<C>['variants'] {
  const loops = ({ INPUTS, OUTPUTS }: Constants) => {
    const [S, T] = [OUTPUTS, INPUTS].map((count) => ceilDiv(count, 4))
    const forward = ceilDiv(S, LANES / share(OUTPUTS)) * ceilDiv(T, share(OUTPUTS))
    return [forward, ceilDiv(T, LANES) * S, T].slice(0, depth + 1)
  }
  const losses = ['lib/activations', 'lib/block', 'lib/outputs', 'lib/cross-entropy', 'lib/quadratic']
  return {
    default: {
      wgsl: shader(...losses, 'dense-head', ...files),
      tile: ({ OUTPUTS }: Constants) => ({ SHARE: share(OUTPUTS) }),
      workgroups: ({ ROWS, BELOW_INPUTS = 1 }: Constants) => [ceilDiv(ROWS, 4), ceilDiv(BELOW_INPUTS, 4 * LANES)],
      rounds: (size: Constants) => Math.max(...loops(size)),
    },
  }
}

/** The loss LOSS of the outputs of a layer: their gradient, and the losses and hits of all rows. */
export function lose(
  { ROWS, OUTPUTS, ACTIVATION, LOSS, SMOOTHING }: Constants<'ROWS' | 'OUTPUTS' | 'ACTIVATION' | 'LOSS' | 'SMOOTHING'>,
  { outputs, targets, gradient }: { outputs: Floats; targets: Uint32Array; gradient: Floats },
): { losses: Floats; hits: Floats } {
  const [losses, hits] = [floatsLike(outputs, ROWS), floatsLike(outputs, ROWS)]
  const bound = { outputs, targets, gradient, losses, hits }
  const shape = { ROWS, CLASSES: OUTPUTS }
  if (LOSS === LOSSES.quadratic) quadratic.reference({ ...shape, ACTIVATION }, bound)
  else softmaxCrossEntropy.reference({ ...shape, SMOOTHING }, bound)
  return { losses, hits }
}

/** The definition of a head without input gradients: what the kernels of its parts make, one after the other. */
function headReference(size: HeadConstants, buffers: HeadBuffers): void {
  const { ROWS, OUTPUTS } = size
  const { parameters, inputs, targets, state, outputGradient } = buffers
  const outputs = floatsLike(parameters, pad4(ROWS) * pad4(OUTPUTS))
  denseForward.reference(size, { parameters, inputs, outputs })
  const { losses, hits } = lose(size, { outputs, targets, gradient: outputGradient })
  const scores = outputGradient.subarray(outputs.length)
  scores.fill(0)
  for (let row = 0; row < ROWS; row++) {
    const at = row & ~3
    scores[at] += losses[row]
    scores[at + 1] += hits[row]
  }
  state[2] = state[0]
}

function headOneReference(size: HeadConstants, buffers: HeadBuffers & { readonly inputGradient: Floats }): void {
  const { parameters, inputs, outputGradient: gradient, inputGradient } = buffers
  headReference(size, buffers)
  const { INPUT_ACTIVATION: ACTIVATION } = size
  denseInputGradient.reference({ ...size, ACTIVATION }, { parameters, gradient, saved: inputs, inputGradient })
}

/**
 * outputs = activation(inputs . W + bias), their loss, and its gradient before that activation, of the mean over the batch. WEIGHTS, W and
 * bias as for `denseForward`; LOSS as LOSSES has it, SMOOTHING as for `softmaxCrossEntropy`; `targets` [ROWS].
 * `outputGradient`: [ROWS, OUTPUTS], and behind it sums of losses and hits (see headFloats). `state`: [step, seed, -]; the third becomes
 * the step, for the updates that follow.
 */
export const denseHead = kernel({
  name: 'dense-head',
  constants,
  bindings,
  variants: variants(['lib/head-alone'], 0),
  flops: (size) => productFlops(size),
  reference: headReference,
})

/** The same, and the gradient of `inputs` before their own activation, INPUT_ACTIVATION. */
export const denseHeadOne = kernel({
  name: 'dense-head-one',
  constants,
  bindings: { ...bindings, inputGradient: 'write f32' },
  variants: variants(['lib/head-back', 'lib/head-one'], 1),
  flops: (size) => 2 * productFlops(size),
  reference: headOneReference,
})

/**
 * The same, and the gradient of the input of the dense layer below, `saved` [ROWS, BELOW_INPUTS] with its activation BELOW_ACTIVATION; its
 * weights [BELOW_INPUTS, INPUTS] start at BELOW_WEIGHTS.
 */
export const denseHeadTwo = kernel({
  name: 'dense-head-two',
  constants: { ...constants, ...below },
  bindings: { ...bindings, inputGradient: 'write f32', saved: 'read f32', belowGradient: 'write f32' },
  variants: variants(['lib/head-back', 'lib/head-two'], 2),
  flops: ({ ROWS, INPUTS, OUTPUTS, BELOW_INPUTS }) => 4 * ROWS * INPUTS * OUTPUTS + 2 * ROWS * INPUTS * BELOW_INPUTS,
  reference(size, buffers) {
    headOneReference(size, buffers)
    const { ROWS, INPUTS: OUTPUTS, BELOW_INPUTS: INPUTS, BELOW_WEIGHTS: WEIGHTS, BELOW_ACTIVATION: ACTIVATION } = size
    const { parameters, inputGradient: gradient, saved, belowGradient } = buffers
    denseInputGradient.reference(
      { ROWS, INPUTS, OUTPUTS, WEIGHTS, ACTIVATION },
      { parameters, gradient, saved, inputGradient: belowGradient },
    )
  },
})
