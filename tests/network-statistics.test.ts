// The statistics of standardised inputs in a network's file: written with it, read back, checked, and absent from older files.

import { describe, expect, it } from 'vitest'
import { datasetOf, mnist } from '../src/datasets'
import { FormatError } from '../src/formats/error'
import { readNetwork, writeNetwork, type Network } from '../src/formats/network'
import { readSafetensors, writeSafetensors, type StoredTensor } from '../src/formats/safetensors'
import { normal } from '../src/kernels/random'
import { shapeOf, valuesIn } from '../src/model/examples'
import { layOut, learntFrom } from '../src/model/parameters'
import { presetsFor } from '../src/model/presets'
import { summarise, type Spec } from '../src/model/spec'
import { oddSets } from './odd-sets'

/** A network with statistics that 16-bit floats would not keep. */
function networkOf(spec: Spec): Required<Network> {
  const filled = (stream: number, count: number) => Float32Array.from({ length: count }, (_, i) => normal(5, stream, i))
  const tensors = layOut(summarise(spec).layers).list.map(({ name, shape }, t) => ({
    name,
    shape,
    values: filled(
      t,
      shape.reduce((a, b) => a * b, 1),
    ),
  }))
  const values = valuesIn(datasetOf(spec).input)
  const deviation = filled(101, values).map((value) => 1e-6 + value ** 2)
  return { spec, learnt: learntFrom(spec, tensors), statistics: { mean: filled(100, values), deviation } }
}

const specs = [mnist, ...oddSets].flatMap((dataset) =>
  (['standardised', 'standardised-all'] as const).map((input): Spec => ({ ...presetsFor(dataset)[0].spec, input })),
)
const [spec] = specs
const unit: Spec = { ...spec, input: 'unit' }

describe('the file of a network', () => {
  it.each(specs)('of $dataset, $input, carries mean and deviation in the shape of an example', (spec) => {
    const network = networkOf(spec)
    const bytes = writeNetwork(network)
    expect(readNetwork(bytes)).toStrictEqual(network)
    const { mean, deviation } = network.statistics!
    const shape = shapeOf(datasetOf(spec).input)
    expect(readSafetensors(bytes).tensors.slice(0, 2)).toEqual([
      { name: 'inputs.mean', shape, values: mean },
      { name: 'inputs.deviation', shape, values: deviation },
    ])
  })

  it('carries them in 32-bit floats even where its weights are 16-bit ones', () => {
    const network = networkOf(spec)
    const bytes = writeNetwork(network, 'F16')
    expect(readNetwork(bytes).statistics).toEqual(network.statistics)
    expect(bytes.length).toBeLessThan(0.51 * writeNetwork(network).length)
  })

  it('opens without them, as older ones are', () => {
    const { spec, learnt } = networkOf(specs[0])
    expect(readNetwork(writeNetwork({ spec, learnt }))).toStrictEqual({ spec, learnt })
  })

  it('has none where inputs are as they are', () => {
    const { learnt, statistics } = networkOf(unit)
    expect(writeNetwork({ spec: unit, learnt, statistics })).toEqual(writeNetwork({ spec: unit, learnt }))
  })

  const { tensors } = readSafetensors(writeNetwork({ spec, learnt: networkOf(spec).learnt }))
  const written = (added: readonly StoredTensor[], of = spec) =>
    writeSafetensors({ tensors: [...tensors, ...added], metadata: { 'inkling.spec': JSON.stringify(of) } })
  const deviation = { name: 'inputs.deviation', shape: [28, 28], values: new Float32Array(784).fill(1) }
  const mean = { ...deviation, name: 'inputs.mean' }
  const changed = (value: number) => ({
    ...deviation,
    values: deviation.values.map((one, i) => (i === 7 ? value : one)),
  })
  it.each([
    ['a mean alone', written([mean]), 'has no tensor inputs.deviation'],
    ['a deviation alone', written([deviation]), 'has no tensor inputs.mean'],
    ['a flat mean', written([{ ...mean, shape: [784] }, deviation]), 'has inputs.mean in the shape [784]'],
    ['a deviation of zero', written([mean, changed(0)]), 'has 0 as value 7 of inputs.deviation'],
    ['a deviation below it', written([mean, changed(-1)]), 'has -1 as value 7 of inputs.deviation'],
    ['an infinite deviation', written([mean, changed(Infinity)]), 'has Infinity as value 7 of inputs.deviation'],
    ['both for inputs as they are', written([mean, deviation], unit), 'has a tensor inputs.mean, which its network'],
  ])('with %s is refused', (_, bytes, reason) => {
    expect(() => readNetwork(bytes)).toThrow(FormatError)
    expect(() => readNetwork(bytes)).toThrow(reason)
  })
})
