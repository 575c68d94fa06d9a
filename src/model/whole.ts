// A training step of a small dense network in two calls: the gather, and all the rest in one workgroup (kernels/dense-step.ts). That
// uses a small part of a graphics processor, which need not start again for every product. A race tells whether it is faster
// (session/race.ts).

import * as kernels from '../kernels'
import { pad4, type Constants, type Kernel } from '../kernels/kernel'
import type { Buffer, Call } from '../kernels/plan'
import { callOf } from './fuse'
import { learns } from './layers'
import { summarise, weightDecayOf, type Spec } from './spec'

/** Floating-point operations of a step above which one workgroup is too slow for it. */
const MOST_FLOPS = 8e6

const steps: ReadonlyMap<Kernel, Kernel> = new Map<Kernel, Kernel>([
  [kernels.sgd, kernels.denseStepSgd],
  [kernels.rmsprop, kernels.denseStepRmsprop],
  [kernels.adam, kernels.denseStepAdam],
])

/** Whether a step of a network can be two calls: it is small, of dense layers that learn alone, and does not clip its gradients. */
export function canBeWhole(spec: Spec): boolean {
  const { layers } = summarise(spec)
  const dense = spec.layers.every((layer) => layer.type === 'dense' && learns(layer) && layer.activation !== 'gelu')
  const weights = layers.reduce((sum, { parameters }) => sum + parameters, 0)
  return (
    dense && layers.length <= kernels.MOST_LAYERS && spec.clipNorm === 0 && 6 * spec.batchSize * weights <= MOST_FLOPS
  )
}

/** Floats behind the gradients of the parameters, for the outputs of all layers and their gradients. */
export const flowFloats = (spec: Spec): number =>
  summarise(spec).layers.reduce((sum, { outputShape: [units] }) => sum + 2 * pad4(spec.batchSize) * pad4(units), 0)

/** The calls of a training step of a spec that can be whole, with all but the first in one. `size`: floats of the parameters. */
export function wholeStep(spec: Spec, calls: readonly Call[], size: number): readonly Call[] {
  const of = (...wanted: readonly Kernel[]) => calls.filter(({ kernel }) => wanted.includes(kernel))
  const [loss] = of(kernels.softmaxCrossEntropy, kernels.quadratic)
  const [optimizer] = of(...steps.keys())
  const [end] = of(kernels.metrics)
  const forward = of(kernels.denseForward)
  const backward = of(kernels.denseWeightGradient)
  const layers = forward.map(({ constants }) => {
    const { ROWS, INPUTS, OUTPUTS, WEIGHTS, ACTIVATION } = constants
    const BIAS = backward.find(({ constants: { WEIGHTS: at } }) => at === WEIGHTS)?.constants['BIAS'] ?? 0
    return { ROWS, INPUTS, OUTPUTS, WEIGHTS, ACTIVATION, BIAS }
  })
  const constants: Constants = {
    SMOOTHING: 0,
    ...loss.constants,
    ...optimizer.constants,
    ...kernels.stepLayers(layers, size),
    INPUTS: layers[0].INPUTS,
    DEPTH: layers.length,
    LOSS: loss.kernel === kernels.quadratic ? kernels.LOSSES.quadratic : kernels.LOSSES['cross-entropy'],
    DECAY: weightDecayOf(spec.optimizer),
  }
  const buffers = { ...optimizer.buffers, ...loss.buffers, ...end.buffers, ...forward[0].buffers }
  const [gather] = calls
  return [gather, callOf(steps.get(optimizer.kernel) ?? kernels.denseStepSgd, constants, buffers)]
}

/** Where the calls of a step keep the outputs of a layer. Undefined if none keeps them. */
export function outputsOf(calls: readonly Call[], layer: number): { buffer: Buffer; start: number } | undefined {
  // The last of its forward calls writes the next layer's input.
  const own = calls.findLast((call) => call.layer === layer && 'outputs' in call.buffers)
  if (own) return { buffer: own.buffers['outputs'], start: 0 }
  const step = calls.find(({ kernel }) => [...steps.values()].includes(kernel))
  return step && { buffer: step.buffers['gradients'], start: step.constants[`FLOW_${layer + 1}`] }
}
