// Lines between the layers: the paths that carry the answer, or what a neuron in focus reads and passes on.

import type { LayerKind } from '../../../model/layers'
import { readsWindow, samePlace, type Neuron, type NeuronPlace } from '../../../model/neuron'
import type { PathStep } from '../../../model/paths'
import { asImage, type Shape } from '../../../model/shape'
import type { Look } from '../../../session/protocol'
import type { Line } from './painting'

/** Connections of a neuron in focus. */
const MOST = 24

/** The parts of the panel's state that this reads. */
interface Layers {
  readonly place: NeuronPlace | undefined
  /** The layer that a layer reads, past layers that pass values on; -1 for the input. */
  below(layer: number): number
  shapeOf(layer: number): Shape
  kindOf(layer: number): LayerKind
}

/** The paths of the answer. With a neuron in focus: what adds most to its sum, and the paths that go on from it. */
export function linesOf(layers: Layers, { reasons, neuron }: Pick<Look, 'reasons' | 'neuron'>): Line[] {
  const { place } = layers
  const steps = reasons?.paths ?? []
  const all = steps.map((step): Line => ({ ...step, weight: step.adds / strongestBeside(steps, step) }))
  if (!place) return all
  const onward = all.filter(({ from }) => samePlace(from, place))
  return neuron && samePlace(neuron, place) ? [...incoming(layers, neuron), ...onward] : onward
}

/** The largest contribution among paths between the same two layers. */
const strongestBeside = (steps: readonly PathStep[], { to }: PathStep): number =>
  Math.max(...steps.filter((other) => other.to.layer === to.layer).map(({ adds }) => Math.abs(adds)))

/** What a value brings to a sum. */
interface Carried {
  readonly source: number
  readonly value: number
}

function incoming(layers: Layers, neuron: Neuron): Line[] {
  const { layer, unit, sources, inputs, weights } = neuron
  const each = Array.from(weights, (weight, i): Carried => ({ source: sources[i], value: weight * inputs[i] }))
  const carried = readsWindow(layers.kindOf(layer)) ? byMap(layers, neuron, each) : each
  const strongest = carried
    .filter(({ value }) => value !== 0 && Number.isFinite(value))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, MOST)
  const below = layers.below(layer)
  return strongest.map(({ source, value }) => ({
    from: { layer: below, unit: source },
    to: { layer, unit },
    weight: value / Math.abs(strongest[0].value),
  }))
}

/** What each map's window brings, from its strongest value: lines from all of its values would lie on each other. */
function byMap(layers: Layers, { layer }: Neuron, each: readonly Carried[]): readonly Carried[] {
  const maps = asImage(layers.shapeOf(layers.below(layer)))?.channels ?? 1
  const sums = new Map<number, Carried & { readonly strongest: number }>()
  for (const { source, value } of each) {
    if (source < 0 || value === 0) continue
    const known = sums.get(source % maps)
    const stronger = !known || Math.abs(value) > Math.abs(known.strongest)
    sums.set(source % maps, {
      source: stronger ? source : known.source,
      strongest: stronger ? value : known.strongest,
      value: (known?.value ?? 0) + value,
    })
  }
  return [...sums.values()]
}

/** The rectangles of an image that a neuron reads, one for each map, by the values at their corners. */
export function windowsOf(layers: Layers, neuron: Neuron): { layer: number; first: number; last: number }[] {
  const layer = layers.below(neuron.layer)
  const image = asImage(layers.shapeOf(layer))
  if (!image || !readsWindow(layers.kindOf(neuron.layer))) return []
  const corners = new Map<number, { first: number; last: number }>()
  for (const source of neuron.sources) {
    if (source < 0) continue
    const map = source % image.channels
    const known = corners.get(map)
    corners.set(map, { first: Math.min(known?.first ?? source, source), last: Math.max(known?.last ?? source, source) })
  }
  return [...corners.values()].map((window) => ({ layer, ...window }))
}
