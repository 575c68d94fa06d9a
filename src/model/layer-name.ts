// The name of a layer in a sentence.

import { typeOf } from './layers'
import type { LayerSpec } from './layers'

/** `Dense 64`, `Convolution 16`, `Batch norm`. */
function layerTitle(layer: LayerSpec): string {
  const size = 'units' in layer ? ` ${layer.units}` : 'filters' in layer ? ` ${layer.filters}` : ''
  return `${typeOf(layer).title}${size}`
}

/** `layer 2 (Dense 64)`; the last one is `the output layer (Dense 4)`. `index` counts from 0. */
export function layerName(layers: readonly LayerSpec[], index: number): string {
  const name = index === layers.length - 1 ? 'the output layer' : `layer ${index + 1}`
  return `${name} (${layerTitle(layers[index])})`
}
