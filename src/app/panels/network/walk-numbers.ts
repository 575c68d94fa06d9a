// The numbers of a walk through a step: where it goes, the loss by class, how a slope comes from the layer above, how weights move.

import { datasetOf } from '../../../datasets'
import { howOf, neuronOf, passesOn, readsWindow, slopeAt, type Neuron, type NeuronPlace } from '../../../model/neuron'
import { readable } from '../../../model/outputs'
import { isFrozen, learns } from '../../../model/layers'
import { countOf } from '../../../model/shape'
import { summarise, type LayerSpec } from '../../../model/spec'
import type { StepWalk } from '../../../session/protocol'

/** A stop of the walk. `slopes`: derivatives of the loss with respect to the sums of a layer. */
export type Stop =
  | { readonly kind: 'values' | 'slopes'; readonly layer: number }
  | { readonly kind: 'loss' | 'update'; readonly layer?: undefined }

/** Forward through the layers that compute, the loss, back through them, the update. Where there are frozen layers below the lowest that learns, the way back ends there. */
export function stagesOf(layers: readonly LayerSpec[]): Stop[] {
  const computing = layers.flatMap(({ type }, layer) => (passesOn(type) ? [] : [layer]))
  const lowest = layers.findIndex(learns)
  const end = layers.slice(0, lowest).some(isFrozen) ? lowest : 0
  return [
    ...computing.map((layer): Stop => ({ kind: 'values', layer })),
    { kind: 'loss' },
    ...computing
      .filter((layer) => layer >= end)
      .toReversed()
      .map((layer): Stop => ({ kind: 'slopes', layer })),
    { kind: 'update' },
  ]
}

/** A class in the loss. */
export interface LossTerm {
  readonly label: number
  /** Its probability; under the quadratic loss, its output. */
  readonly output: number
  readonly target: number
  /** What it adds to the loss. */
  readonly loss: number
  /** Derivative of the loss with respect to the output before its activation. */
  readonly slope: number
}

/** The loss by class: it is the sum of what each adds. */
export function lossTerms({ spec, layers, label, slopes }: StepWalk): LossTerm[] {
  const last = layers.length - 1
  const outputs = readable(layers[last], spec.loss)
  const spread = spec.loss === 'cross-entropy' ? spec.labelSmoothing : 0
  return outputs.map((output, each) => {
    const target = (each === label ? 1 - spread : 0) + spread / datasetOf(spec).classes.length
    // A target of zero adds nothing, however small the probability.
    const entropy = target === 0 ? 0 : -target * Math.log(output)
    const loss = spec.loss === 'cross-entropy' ? entropy : (output - target) ** 2 / 2
    return { label: each, output, target, loss, slope: slopes[last][each] }
  })
}

const valuesBelow = ({ layers, inputs }: StepWalk, layer: number) => layers[layer - 1] ?? inputs

/** A neuron with the weights that it had. */
export function neuronIn(walk: StepWalk, place: NeuronPlace): Neuron | undefined {
  const network = { spec: walk.spec, list: walk.list, parameters: walk.before, running: walk.running }
  return neuronOf(network, place, valuesBelow(walk, place.layer), walk.layers[place.layer])
}

/** One of the neurons that read another. */
interface BackTerm {
  readonly unit: number
  /** What it multiplies the other's value by. */
  readonly weight: number
  /** Derivative of the loss with respect to its sum. */
  readonly slope: number
  readonly term: number
}

/** slope = derivative of the activation * sum of (weight * slope) over the neurons above. */
interface BackEquation {
  /** The layer above. */
  readonly layer: number
  /** The largest first. */
  readonly terms: readonly BackTerm[]
  readonly derivative: number
  readonly slope: number
}

/** Most products that a person waits for. */
const MOST_PRODUCTS = 4e6

/** How a neuron's slope comes from the layer above; undefined of outputs, and where that takes long to find. */
export function backEquation(walk: StepWalk, { layer, unit }: NeuronPlace): BackEquation | undefined {
  const { spec, slopes } = walk
  const above = spec.layers.findIndex(({ type }, each) => each > layer && !passesOn(type))
  const own = neuronIn(walk, { layer, unit })
  const first = above < 0 ? undefined : neuronIn(walk, { layer: above, unit: 0 })
  if (!own || !first) return undefined
  const count = countOf(summarise(spec).layers[above].outputShape)
  if (count * first.weights.length > MOST_PRODUCTS) return undefined
  const terms: BackTerm[] = []
  for (let each = 0; each < count; each++) {
    const reader = neuronIn(walk, { layer: above, unit: each })
    const at = reader?.sources.indexOf(unit) ?? -1
    const [weight, slope] = [reader?.weights[at] ?? 0, slopes[above][each]]
    if (weight !== 0 && slope !== 0) terms.push({ unit: each, weight, slope, term: weight * slope })
  }
  terms.sort((a, b) => Math.abs(b.term) - Math.abs(a.term))
  return {
    layer: above,
    terms,
    derivative: slopeAt(own),
    slope: slopes[layer][unit],
  }
}

/** A parameter of a neuron in the update. */
export interface Move {
  /** What it is: `bias`, `scale`, `shift`, or the number of the value that a weight reads. */
  readonly of: number | 'bias' | 'scale' | 'shift'
  readonly before: number
  readonly gradient: number
  readonly after: number
  /** What the optimizer kept of it, in the order of `StepWalk.kept`. */
  readonly kept: readonly number[]
  /** The value that the weight reads, where its gradient is that times the neuron's slope alone. */
  readonly input?: number
}

/** The parameters of a neuron, the weights with the largest gradients first; none where it has none that learn. */
export function movesOf(walk: StepWalk, place: NeuronPlace): Move[] {
  const { spec, list, running } = walk
  const how = spec.layers[place.layer] && howOf(spec.layers[place.layer].type)
  if ((how !== 'sum' && how !== 'normalised') || isFrozen(spec.layers[place.layer])) return []
  // Whatever lies like the parameters can be read like them.
  const read = (parameters: Float32Array) =>
    neuronOf({ spec, list, parameters, running }, place, valuesBelow(walk, place.layer), walk.layers[place.layer])
  const [before, gradient, after] = [walk.before, walk.gradients, walk.after].map(read)
  const kept = walk.kept.map(({ values }) => read(values))
  if (!before || !gradient || !after) return []
  const move = (of: Move['of'], pick: (neuron: Neuron) => number): Move => ({
    of,
    before: pick(before),
    gradient: pick(gradient),
    after: pick(after),
    kept: kept.map((each) => (each ? pick(each) : 0)),
  })
  if (how === 'normalised') {
    return [move('scale', ({ norm }) => norm?.scale ?? 0), move('shift', ({ norm }) => norm?.shift ?? 0)]
  }
  const alone = !readsWindow(spec.layers[place.layer].type)
  const order = Array.from(before.weights.keys()).filter((i) => before.sources[i] >= 0)
  order.sort((a, b) => Math.abs(gradient.weights[b]) - Math.abs(gradient.weights[a]))
  const weights = order.map((i): Move => ({
    ...move(before.sources[i], ({ weights }) => weights[i]),
    ...(alone && { input: before.inputs[i] }),
  }))
  const own = spec.layers[place.layer]
  const hasBias = !('bias' in own) || own.bias === 'yes'
  return hasBias ? [move('bias', ({ bias }) => bias), ...weights] : weights
}
