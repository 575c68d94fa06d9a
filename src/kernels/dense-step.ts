// All of a training step of a small dense network after the gather, in one workgroup: shaders/dense-step.wgsl.
//
// The layers are numbered from 1 to DEPTH; of layer 2 UNITS_2 are the outputs, W starts at WEIGHTS_2 in `parameters`, its bias right
// behind, which BIAS_2 tells whether it is trained, and ACTIVATION_2 is its activation. FLOW_2 is where its outputs [ROWS, UNITS_2] are in
// `gradients`, behind the gradients of the parameters; their own gradient lies BACK further on. `inputs` [ROWS, INPUTS], `targets` [ROWS];
// LOSS as LOSSES has it, SMOOTHING as for `softmaxCrossEntropy`. `state` [step, seed], counted; `history` [2 SLOTS] as of `metrics`; `rates`
// [SLOTS] and the rest as for the optimizers; DECAY is the weight decay of all weights.

import { denseForward, denseInputGradient, denseWeightGradient, productFlops } from './dense'
import { lose } from './dense-head'
import { updateLayer } from './dense-update'
import { type Binding, ceilDiv, type Constants, type Dtype, type Floats, kernel, type Kernel, pad4, shader } from './kernel' // prettier-ignore
import { adam, adamRule, rmsprop, rmspropRule, sgd, sgdRule } from './optimizers'

/** Most layers of such a network. */
export const MOST_LAYERS = 4

/** Invocations of the workgroup: LANES of the shader. */
const LANES = 256

type LayerConstant = `${'UNITS' | 'WEIGHTS' | 'BIAS' | 'ACTIVATION' | 'FLOW'}_${1 | 2 | 3 | 4}`

const layerConstants = Object.fromEntries(
  Array.from({ length: MOST_LAYERS }, (_, i) =>
    ['UNITS', 'WEIGHTS', 'BIAS', 'ACTIVATION', 'FLOW'].map((name) => [`${name}_${i + 1}`, 'u32']),
  ).flat(),
) as Record<LayerConstant, 'u32'>

const constants = {
  ROWS: 'u32',
  INPUTS: 'u32',
  DEPTH: 'u32',
  ...layerConstants,
  BACK: 'u32',
  LOSS: 'u32',
  SMOOTHING: 'f32',
  SLOTS: 'u32',
  DECAY: 'f32',
} as const satisfies Record<string, Dtype>
type StepConstants = Constants<keyof typeof constants>

const bindings = {
  inputs: 'read f32',
  targets: 'read u32',
  gradients: 'read-write f32',
  state: 'read-write u32',
  rates: 'uniform f32',
  history: 'read-write f32',
  parameters: 'read-write f32',
} as const satisfies Record<string, Binding>

/** A layer of the network, as the other kernels of dense layers have its constants; FLOW: the place of its outputs. */
type Layer = Constants<'ROWS' | 'INPUTS' | 'OUTPUTS' | 'WEIGHTS' | 'BIAS' | 'ACTIVATION' | 'FLOW'>

function layersOf(size: StepConstants): readonly Layer[] {
  const of = (name: string, layer: number) => size[`${name}_${layer}` as LayerConstant]
  return Array.from({ length: size.DEPTH }, (_, i) => ({
    ROWS: size.ROWS,
    INPUTS: i === 0 ? size.INPUTS : of('UNITS', i),
    OUTPUTS: of('UNITS', i + 1),
    WEIGHTS: of('WEIGHTS', i + 1),
    BIAS: of('BIAS', i + 1),
    ACTIVATION: of('ACTIVATION', i + 1),
    FLOW: of('FLOW', i + 1),
  }))
}

/** The constants of layers, and the places of their outputs from `from` on. */
export function stepLayers(layers: readonly Omit<Layer, 'FLOW'>[], from: number): Constants {
  let FLOW = from
  const all: Record<string, number> = Object.fromEntries(Object.keys(layerConstants).map((name) => [name, 0]))
  layers.forEach(({ ROWS, OUTPUTS, WEIGHTS, BIAS, ACTIVATION }, i) => {
    for (const [name, value] of Object.entries({ UNITS: OUTPUTS, WEIGHTS, BIAS, ACTIVATION, FLOW })) {
      all[`${name}_${i + 1}`] = value
    }
    FLOW += pad4(ROWS) * pad4(OUTPUTS)
  })
  return { ...all, BACK: FLOW - from }
}

/** Rounds of the longest loop: of the products of a layer, or of the loss. */
function rounds(size: StepConstants): number {
  const R = ceilDiv(size.ROWS, 4)
  const products = layersOf(size).flatMap(({ INPUTS, OUTPUTS }) => {
    const [T, S] = [ceilDiv(INPUTS, 4), ceilDiv(OUTPUTS, 4)]
    return [
      [R * S, T],
      [R * T, S],
      [(T + 1) * S, R],
    ]
  })
  const loss = ceilDiv(size.ROWS, LANES) * size[`UNITS_${size.DEPTH}` as LayerConstant]
  const loops = products.map(([blocks, inner]) => {
    const share = 2 ** Math.floor(Math.log2(Math.max(1, Math.min(Math.floor(LANES / blocks), inner))))
    return ceilDiv(blocks * share, LANES) * ceilDiv(inner, share)
  })
  return Math.max(loss, ...loops)
}

/** The variant of a step with the optimizer `rule`. */
const variants = <C extends string>(rule: string): Kernel<C>['variants'] => ({
  default: {
    wgsl: shader(
      ...['lib/activations', 'lib/block', 'lib/cross-entropy', 'lib/quadratic'],
      ...['dense-step', `dense-update-${rule}`, `lib/${rule}`],
    ),
    workgroups: () => [1],
    rounds: (size: Constants) => rounds(size as StepConstants),
  },
})

const flops = (size: StepConstants): number =>
  layersOf(size).reduce((sum, layer, i) => sum + (i === 0 ? 2 : 3) * productFlops(layer), 0)

type StepBuffers = Readonly<Record<Exclude<keyof typeof bindings, 'state' | 'targets'>, Floats>> & {
  readonly state: Uint32Array
  readonly targets: Uint32Array
}

/** The definition: what the kernels of its parts make, one after the other, with `rule` for the optimizer. */
function stepReference(
  rule: Kernel,
  moments: Readonly<Record<string, Floats>>,
  size: StepConstants,
  { inputs, targets, gradients, state, rates, history, parameters }: StepBuffers,
): void {
  const { ROWS, BACK, LOSS, SMOOTHING, SLOTS } = size
  const layers = layersOf(size).map((layer) => {
    const part = (from: number) => gradients.subarray(from, from + pad4(ROWS) * pad4(layer.OUTPUTS))
    return { layer, outputs: part(layer.FLOW), gradient: part(layer.FLOW + BACK) }
  })
  layers.forEach(({ layer, outputs }, i) => {
    denseForward.reference(layer, { parameters, inputs: layers[i - 1]?.outputs ?? inputs, outputs })
  })

  const { layer, outputs, gradient } = layers[layers.length - 1]
  const { losses, hits } = lose({ ...layer, LOSS, SMOOTHING }, { outputs, targets, gradient })

  for (let i = layers.length - 1; i >= 0; i--) {
    const [{ layer, gradient }, below] = [layers[i], i > 0 ? layers[i - 1] : undefined]
    if (below) {
      const size = { ...layer, ACTIVATION: below.layer.ACTIVATION }
      const { outputs: saved, gradient: inputGradient } = below
      denseInputGradient.reference(size, { parameters, gradient, saved, inputGradient })
    }
    denseWeightGradient.reference(layer, { inputs: below?.outputs ?? inputs, gradient, gradients })
  }
  for (const { layer } of layers) {
    updateLayer(rule, moments, { ...size, ...layer }, { gradients, parameters, rates }, state[0])
  }
  const slot = 2 * (state[0] % SLOTS)
  history.fill(0, slot, slot + 2)
  for (let row = 0; row < ROWS; row++) {
    history[slot] += losses[row]
    history[slot + 1] += hits[row]
  }
  state[0]++
}

/** See `sgd`. */
export const denseStepSgd = kernel({
  name: 'dense-step-sgd',
  constants: { ...constants, ...sgdRule.constants },
  bindings: { ...bindings, ...sgdRule.moments },
  variants: variants('sgd'),
  flops: (size) => flops(size),
  reference: (size, { velocity, ...buffers }) => stepReference(sgd, { velocity }, size, buffers),
})

/** See `rmsprop`. */
export const denseStepRmsprop = kernel({
  name: 'dense-step-rmsprop',
  constants: { ...constants, ...rmspropRule.constants },
  bindings: { ...bindings, ...rmspropRule.moments },
  variants: variants('rmsprop'),
  flops: (size) => flops(size),
  reference: (size, { second, ...buffers }) => stepReference(rmsprop, { second }, size, buffers),
})

/** See `adam`. */
export const denseStepAdam = kernel({
  name: 'dense-step-adam',
  constants: { ...constants, ...adamRule.constants },
  bindings: { ...bindings, ...adamRule.moments },
  variants: variants('adam'),
  flops: (size) => flops(size),
  reference: (size, { first, second, ...buffers }) => stepReference(adam, { first, second }, size, buffers),
})
