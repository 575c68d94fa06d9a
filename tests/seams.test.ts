// Whoever must know of every kind of layer, or of every optimizer, has a row for each: what is missing is named.

import { describe, expect, it } from 'vitest'
import { kerasLayers } from '../src/formats/keras/layers'
import { kerasOptimizers } from '../src/formats/keras/optimizers'
import { onnxLayers } from '../src/formats/onnx-layers'
import { torchLayers } from '../src/formats/pytorch/network'
import { torchOptimizers } from '../src/formats/pytorch/optimizers'
import { layerTypes } from '../src/model/layers'
import { optimizerTypes } from '../src/model/optimizers'

/** Kinds without a row, and rows without a kind. */
function unlike(table: object, kinds: object): string[] {
  const [rows, names] = [Object.keys(table), Object.keys(kinds)]
  return [
    ...names.filter((name) => !rows.includes(name)).map((name) => `${name} has no row`),
    ...rows.filter((row) => !names.includes(row)).map((row) => `${row} is no kind`),
  ]
}

describe('every kind of layer has a row', () => {
  it.each([
    { consumer: 'the ONNX export (onnxLayers)', table: onnxLayers },
    { consumer: 'the PyTorch export (torchLayers)', table: torchLayers },
    { consumer: 'the Keras import (kerasLayers)', table: kerasLayers },
  ])('in $consumer', ({ table }) => {
    expect(unlike(table, layerTypes)).toEqual([])
  })

  it('in the panels, as neurons or as a layer that passes values on', () => {
    const silent = Object.entries(layerTypes).filter(
      ([, { neurons }]) => !('terms' in neurons && neurons.how) && !('passOn' in neurons && neurons.passOn),
    )
    expect(silent.map(([kind]) => kind)).toEqual([])
  })
})

describe('every optimizer has a row', () => {
  it.each([
    { consumer: 'the PyTorch export (torchOptimizers)', table: torchOptimizers },
    { consumer: 'the Keras import (kerasOptimizers)', table: kerasOptimizers },
  ])('in $consumer', ({ table }) => {
    expect(unlike(table, optimizerTypes)).toEqual([])
  })
})
