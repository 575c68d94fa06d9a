// Starting a network from another one that has learnt: which of its layers fit, and what they bring along.

import { datasetOf } from '../datasets'
import { isStandardised } from './batch'
import { isFrozen, type LayerSpec } from './layers'
import { learntFrom, parameterName, tensorsOf, type Learnt } from './parameters'
import { inputShapeOf, summarise, type Spec } from './spec'

/** Fields of layers that say how they begin and learn, and not what they compute of an example. */
const aside: readonly string[] = ['frozen', 'initialiser', 'rate', 'momentum']

/** Whether two layers compute the same with the same parameters. */
function alike(a: LayerSpec, b: LayerSpec): boolean {
  const facts = (layer: LayerSpec) =>
    new Map<string, unknown>(Object.entries(layer).filter(([name]) => !aside.includes(name)))
  const [left, right] = [facts(a), facts(b)]
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value)
}

/**
 * How many layers of `to`, from the first on, can start from those of `from`: as long as they compute the same of an input of the same shape.
 * It ends with a layer that has parameters; 0 if there is none. The outputs count only on the same data set, since other classes are other
 * outputs. Inputs must be scaled alike: raw values mean nothing to layers that learnt from standardised ones.
 */
export function layersKept(from: Spec, to: Spec): number {
  if (inputShapeOf(from).join() !== inputShapeOf(to).join() || isStandardised(from) !== isStandardised(to)) return 0
  const { layers } = summarise(to)
  const most = Math.min(from.layers.length, layers.length)
  const differs = layers.findIndex(({ spec }, at) => at >= most || !alike(spec, from.layers[at]))
  const same = differs < 0 ? most : differs
  // The last layer of either network gives its outputs.
  const kept = from.dataset === to.dataset ? same : Math.min(same, from.layers.length - 1, to.layers.length - 1)
  return layers.slice(0, kept).findLastIndex(({ parameterSpecs }) => parameterSpecs.length > 0) + 1
}

/** The settings of `to` with the network of `from`, with outputs for its classes, and the way in which that network learnt. May be no valid spec. */
export function withNetworkOf(from: Spec, to: Spec): Spec {
  const { loss, labelSmoothing, input, optimizer, learningRate, schedule } = from
  const units = datasetOf(to).classes.length
  const last = from.layers.length - 1
  const layers = from.layers.map((layer, at) => (at === last && layer.type === 'dense' ? { ...layer, units } : layer))
  const batchSize = Math.min(from.batchSize, to.trainingSize)
  return { ...to, layers, loss, labelSmoothing, input, optimizer, learningRate, schedule, batchSize }
}

/** What the network of `to` starts from: in its first `kept` layers what that of `from` has learnt, in all others what is `fresh`. */
export function carriedOver(from: Spec, learnt: Learnt, to: Spec, fresh: Learnt, kept: number): Learnt {
  const old = new Map(tensorsOf(from, learnt).map((tensor) => [tensor.name, tensor]))
  const names = new Set(
    summarise(to)
      .layers.slice(0, kept)
      .flatMap(({ parameterSpecs }, layer) => parameterSpecs.map(({ name }) => parameterName(layer, name))),
  )
  return learntFrom(
    to,
    tensorsOf(to, fresh).map((tensor) => (names.has(tensor.name) ? (old.get(tensor.name) ?? tensor) : tensor)),
  )
}

/** The spec with its first `kept` layers frozen, as far as something is left that learns; without `frozen`, with none of them frozen. */
export function withKept(spec: Spec, kept: number, frozen: boolean): Spec {
  const { layers } = summarise(spec)
  const learning = layers.flatMap((layer, at) =>
    layer.parameters > 0 && (at < kept || !isFrozen(layer.spec)) ? [at] : [],
  )
  const last = learning.at(-1)
  return {
    ...spec,
    layers: spec.layers.map((layer, at) => {
      if (at >= kept || layers[at].parameters === 0) return layer
      const { frozen: _, ...rest } = layer as Extract<LayerSpec, { frozen?: boolean }>
      return frozen && at !== last ? { ...rest, frozen } : rest
    }),
  }
}
