// The paths that carry an answer: from its output down to the example, along the connections that add most to its logit.

import { neuronOf, passesOn, type NetworkState, type NeuronPlace } from './neuron'
import { summarise } from './spec'

/** Connections followed from the output, and from each neuron below. */
const FROM_OUTPUT = 8
const FROM_NEURON = 4
/** Neurons of a layer from which paths go on. */
const NEURONS = 8

/** A connection on a path. */
export interface PathStep {
  /** Layer -1 is the input. */
  readonly from: NeuronPlace
  readonly to: NeuronPlace
  /** What `from` adds to the answer's logit by way of `to`, to first order: weight * value * the logit's derivative with respect to `to`'s sum. */
  readonly adds: number
}

/**
 * The strongest paths to an output. `inputs` and `layers`: values; `slopes`: derivatives of the output's logit with respect to each layer's
 * output before its activation. All in row-major order without padding.
 */
export function pathsOf(
  network: NetworkState,
  label: number,
  { inputs, layers }: { readonly inputs: Float32Array; readonly layers: readonly Float32Array[] },
  slopes: readonly Float32Array[],
): PathStep[] {
  const { spec } = network
  const count = summarise(spec).layers.length
  const steps: PathStep[] = []
  let frontier = [label]
  for (let layer = count - 1; layer >= 0; layer--) {
    if (passesOn(spec.layers[layer].type)) continue
    let below = layer - 1
    while (below >= 0 && passesOn(spec.layers[below].type)) below--
    const values = layers[layer - 1] ?? inputs
    const totals = new Map<number, number>()
    for (const unit of frontier) {
      const neuron = neuronOf(network, { layer, unit }, values, layers[layer])
      if (!neuron) continue
      const slope = slopes[layer][unit]
      const terms = Array.from(neuron.sources, (source, i) => ({
        source,
        adds: source < 0 ? 0 : neuron.weights[i] * neuron.inputs[i] * slope,
      }))
      const strongest = terms
        .filter(({ adds }) => adds !== 0 && Number.isFinite(adds))
        .sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds))
        .slice(0, layer === count - 1 ? FROM_OUTPUT : FROM_NEURON)
      for (const { source, adds } of strongest) {
        steps.push({ from: { layer: below, unit: source }, to: { layer, unit }, adds })
        totals.set(source, (totals.get(source) ?? 0) + adds)
      }
    }
    frontier = [...totals]
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
      .slice(0, NEURONS)
      .map(([source]) => source)
  }
  return steps
}
