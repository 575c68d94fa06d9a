// Lines between the layers: the strongest connections, or those of the neuron in focus.

import type { LayerKind } from '../../../model/layers'
import { readsWindow, samePlace, type Neuron, type NeuronPlace } from '../../../model/neuron'
import { asImage, type Shape } from '../../../model/shape'
import type { Look } from '../../../session/protocol'

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

export interface Line {
  readonly from: NeuronPlace
  readonly to: NeuronPlace
  /** Its strength relative to the strongest of its kind: from -1 to 1. */
  readonly weight: number
}

/** Lines of all layers. With a neuron in focus: the lines to it, and those of the strongest lines that come from it. */
export function linesOf(layers: Layers, look: Look): Line[] {
  const { place } = layers
  const neuron = samePlace(look.neuron, place) ? look.neuron : undefined
  const all = look.connections.flatMap(({ layer, from, to, carried }) => {
    const strongest = Math.abs(carried[0])
    return Array.from(carried, (value, i): Line => ({
      from: { layer: layers.below(layer), unit: from[i] },
      to: { layer, unit: to[i] },
      weight: value / strongest,
    }))
  })
  if (!place) return all
  const onward = all.filter(({ from }) => from.layer === place.layer && from.unit === place.unit)
  return neuron && !readsWindow(layers.kindOf(neuron.layer)) ? [...incoming(layers, neuron), ...onward] : onward
}

function incoming(layers: Layers, { layer, unit, sources, inputs, weights }: Neuron): Line[] {
  const carried = Array.from(weights, (weight, i) => ({ source: sources[i], value: weight * inputs[i] }))
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
