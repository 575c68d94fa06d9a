// Networks as safetensors files: what is written is read back, and what is wrong is refused with the reason.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNetwork, writeNetwork } from '../src/formats/network'
import { fromHalf, toHalf } from '../src/formats/floats'
import { FormatError, readSafetensors, writeSafetensors, type TensorFile } from '../src/formats/safetensors'
import { normal } from '../src/kernels/random'
import { initialPart } from '../src/model/fields'
import { layerTypes } from '../src/model/layers'
import { layOut, learntFrom, tensorsOf, type Learnt } from '../src/model/parameters'
import { presets, presetsFor } from '../src/model/presets'
import { summarise, type Spec } from '../src/model/spec'
import { oddSets } from './odd-sets'

const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    values: fc.float32Array({
      minLength: shape.reduce((a, b) => a * b, 1),
      maxLength: shape.reduce((a, b) => a * b, 1),
    }),
  }),
)
const anyFile: fc.Arbitrary<TensorFile> = fc.record({
  tensors: fc
    .dictionary(fc.string(), tensor)
    .map((named) =>
      Object.entries(named).flatMap(([name, each]) => (name === '__metadata__' ? [] : [{ name, ...each }])),
    ),
  metadata: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
})

/** A file with a header of one's own. */
function file(header: string, data = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

describe('safetensors', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(anyFile, (written) => {
        const read = readSafetensors(writeSafetensors(written))
        const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
        expect([...read.tensors].sort(byName)).toEqual([...written.tensors].sort(byName))
        expect(read.metadata).toEqual(written.metadata)
      }),
    )
  })

  it('may have any names', () => {
    const tensors = ['__proto__', 'constructor', '', '1', '\u{1f600}'].map((name, i) => ({
      name,
      shape: [1],
      values: Float32Array.of(i),
    }))
    const read = readSafetensors(writeSafetensors({ tensors, metadata: {} })).tensors
    expect(new Map(read.map(({ name, values }) => [name, values[0]]))).toEqual(
      new Map(tensors.map(({ name, values }) => [name, values[0]])),
    )
  })

  it('hold 16-bit floats on request, each the nearest to its value', () => {
    const values = Float32Array.of(1, -0.1, 65_504, 2 ** -24, 1e-9, 3.14159)
    const tensors = [{ name: 'a', shape: [2, 3], values }]
    const bytes = writeSafetensors({ tensors, metadata: { k: 'v' } }, 'F16')
    const full = writeSafetensors({ tensors, metadata: { k: 'v' } })
    expect(full.length - bytes.length).toBe(values.length * 2)
    const read = readSafetensors(bytes)
    expect(read.metadata).toEqual({ k: 'v' })
    expect(read.tensors).toEqual([{ name: 'a', shape: [2, 3], values: values.map((value) => fromHalf(toHalf(value))) }])
    expect(read.tensors[0].values[1]).toBeCloseTo(-0.1, 4)
    const large = [{ name: 'a', shape: [1], values: Float32Array.of(65_520) }]
    expect(() => writeSafetensors({ tensors: large, metadata: {} }, 'F16')).toThrow('65520 in a, and 16-bit floats end')
  })

  it('are read with other kinds of floats', () => {
    const entries = { a: ['F64', [0, 16]], b: ['F16', [16, 20]], c: ['BF16', [20, 24]], d: ['F32', [24, 32]] }
    const header = Object.entries(entries).map(([name, [dtype, data_offsets]]) => [
      name,
      { dtype, shape: [2], data_offsets },
    ])
    const data = new Uint8Array(32)
    const view = new DataView(data.buffer)
    ;[1 / 3, -2].forEach((value, i) => view.setFloat64(8 * i, value, true))
    ;[0x3c00, 0xc000].forEach((bits, i) => view.setUint16(16 + 2 * i, bits, true))
    ;[0x3f80, 0xc000].forEach((bits, i) => view.setUint16(20 + 2 * i, bits, true))
    ;[1.5, -2].forEach((value, i) => view.setFloat32(24 + 4 * i, value, true))
    const { tensors } = readSafetensors(file(JSON.stringify(Object.fromEntries(header)), data))
    expect(tensors.map(({ values }) => [...values])).toEqual([
      [Math.fround(1 / 3), -2],
      [1, -2],
      [1, -2],
      [1.5, -2],
    ])
  })

  it('follow the layout of the format', () => {
    const bytes = writeSafetensors({
      tensors: [{ name: 'a', shape: [1, 2], values: Float32Array.of(1, -2) }],
      metadata: { k: 'v' },
    })
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: { k: 'v' },
      a: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
    })
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192])
  })

  const entry = JSON.stringify({ dtype: 'F32', shape: [2], data_offsets: [0, 8] })
  const two = (...places: [number, number][]) =>
    JSON.stringify(
      Object.fromEntries(places.map((data_offsets, i) => ['ab'[i], { dtype: 'F32', shape: [2], data_offsets }])),
    )
  const one = (entry: object) => JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...entry } })
  it.each([
    ['nothing', new Uint8Array(0), 'it has 0 bytes'],
    ['a huge header', file('{}', undefined, 2n ** 60n), 'does not begin with the length of a header'],
    ['a header past counting', file('{}', undefined, 2n ** 64n - 1n), 'does not begin with the length of a header'],
    [
      'a header that ends after the file',
      file('{}', undefined, 99n),
      'cut off: its header ends at byte 107, and the file at 10',
    ],
    ['a header that is no JSON', file('{"a":'), 'no JSON'],
    ['a header that is a list', file('[]'), 'no JSON object'],
    ['another type', file(one({ dtype: 'I64' }), new Uint8Array(8)), 'a as I64; only F64, F32, F16 and BF16'],
    ['a type named constructor', file(one({ dtype: 'constructor' }), new Uint8Array(8)), 'a as constructor; only'],
    ['a type that is a list', file(one({ dtype: ['F32'] }), new Uint8Array(8)), 'a as ["F32"]; only'],
    ['no shape', file(one({ shape: 'x' }), new Uint8Array(8)), 'which shape a has'],
    ['a negative shape', file(one({ shape: [-2] }), new Uint8Array(8)), 'which shape a has'],
    ['a shape of other size', file(one({ shape: [3] }), new Uint8Array(8)), 'gives a 8 bytes; its shape [3] takes 12'],
    ['tensors after the end', file(one({}), new Uint8Array(4)), 'cut off: a ends 4 bytes after the file'],
    [
      'a shape past counting',
      file(one({ shape: [2 ** 52, 2 ** 52, 2 ** 52] }), new Uint8Array(8)),
      'gives a 8 bytes; its shape [4503599627370496, 4503599627370496, 4503599627370496] takes 3.6',
    ],
    [
      'a size of gigabytes',
      file(one({ shape: [2 ** 40], data_offsets: [0, 2 ** 42] }), new Uint8Array(8)),
      'cut off: a ends',
    ],
    ['a shape past the safe integers', file(one({ shape: [2 ** 60] }), new Uint8Array(8)), 'which shape a has'],
    ['offsets the wrong way round', file(one({ data_offsets: [8, 0] }), new Uint8Array(8)), 'gives a -8 bytes'],
    ['three offsets', file(one({ data_offsets: [0, 8, 8] }), new Uint8Array(8)), 'which shape a has'],
    ['offsets of fractions', file(one({ data_offsets: [0.5, 8.5] }), new Uint8Array(8)), 'which shape a has'],
    ['very many axes', file(one({ shape: Array(1e5).fill(1) }), new Uint8Array(8)), 'gives a 100000 axes; at most 8'],
    ['tensors that overlap', file(two([0, 8], [4, 12]), new Uint8Array(12)), 'has b overlap with another tensor'],
    ['two tensors in one place', file(two([0, 8], [0, 8]), new Uint8Array(8)), 'overlap with another tensor'],
    [
      'bytes between tensors',
      file(two([0, 8], [12, 20]), new Uint8Array(20)),
      'has 4 bytes before b that belong to no tensor',
    ],
    ['bytes at the end', file(one({}), new Uint8Array(11)), 'has 3 bytes at its end that belong to no tensor'],
    [
      'an empty tensor after the end',
      file(one({ shape: [0], data_offsets: [9, 9] }), new Uint8Array(8)),
      'cut off: a ends 1 bytes',
    ],
    ['a name twice', file(`{"a":${entry},"a":${entry}}`, new Uint8Array(8)), 'its header has “a” twice'],
    [
      'a name twice, written otherwise',
      file(`{"a":${entry},"\\u0061":${entry}}`, new Uint8Array(8)),
      'its header has “a” twice',
    ],
    [
      'a field twice',
      file('{"a":{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}}', new Uint8Array(8)),
      'has “dtype” twice',
    ],
    ['nesting', file(`{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`), 'nested more than 64 levels deep'],
    ['a name nearly a megabyte long', file(`{"${'x'.repeat(9e5)}":{}}`), `has ${'x'.repeat(60)}… as nothing`],
    ['text that is none', file('{"a":1}').map((byte, i) => (i === 10 ? 0xff : byte)), 'not even text'],
    ['metadata that are a list', file('{"__metadata__":["a"]}'), 'metadata that is not text'],
    ['metadata that are none', file('{"__metadata__":null}'), 'metadata that is not text'],
    ['metadata of numbers', file('{"__metadata__":{"k":1}}'), 'metadata that is not text'],
    ['an entry that is null', file('{"a":null}'), 'a as nothing'],
  ])('with %s are refused', (_, bytes, reason) => {
    expect(() => readSafetensors(bytes)).toThrow(FormatError)
    expect(() => readSafetensors(bytes)).toThrow(reason)
  })

  const anyHeader = fc.dictionary(
    fc.constantFrom('a', 'b', '__metadata__', '__proto__'),
    fc.record({
      dtype: fc.constantFrom('F64', 'F32', 'F16', 'BF16', 'I8'),
      shape: fc.array(fc.constantFrom(0, 1, 2, 3, 2 ** 31, 2 ** 53)),
      data_offsets: fc.array(fc.constantFrom(0, 2, 4, 8, 2 ** 33, -1, 0.5), { maxLength: 3 }),
    }),
  )
  it('are read or refused with a reason, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => file(text)),
          fc.tuple(anyHeader, fc.uint8Array()).map(([header, data]) => file(JSON.stringify(header), data)),
        ),
        (bytes) => {
          try {
            readSafetensors(bytes)
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError)
          }
        },
      ),
    )
  })
})

describe('a network', () => {
  const specs: Spec[] = ['default', 'dense-large', 'best-in-a-minute', 'best'].map(
    (name) => presets.find((preset) => preset.name === name)?.spec ?? presets[0].spec,
  )

  /** Other values in every place that is not padding; variances are not negative. */
  function learntBy(spec: Spec): Learnt {
    const tensors = layOut(summarise(spec).layers).list.map(({ name, shape }, t) => {
      const count = shape.reduce((a, b) => a * b, 1)
      return {
        name,
        shape,
        values: Float32Array.from({ length: count }, (_, i) =>
          name.endsWith('variance') ? normal(3, t, i) ** 2 : normal(3, t, i),
        ),
      }
    })
    return learntFrom(spec, tensors)
  }

  it.each(specs.map((spec) => [spec.layers.map(({ type }) => type).join(' '), spec] as const))(
    'of %s is read back',
    (_, spec) => {
      const learnt = learntBy(spec)
      expect(learnt.parameters.some((value) => value !== 0)).toBe(true)
      expect(readNetwork(writeNetwork({ spec, learnt }))).toEqual({ spec, learnt })
    },
  )

  it.each(oddSets)('of $title is read back with the names of its classes', (dataset) => {
    for (const { spec } of presetsFor(dataset)) {
      const network = { spec, learnt: learntBy(spec) }
      const bytes = writeNetwork(network)
      expect(readNetwork(bytes)).toEqual(network)
      expect(JSON.parse(readSafetensors(bytes).metadata['inkling.classes'])).toEqual(dataset.classes)
    }
  })

  it('may be saved in 16-bit floats, in half the space', () => {
    const [spec] = specs
    const network = { spec, learnt: learntBy(spec) }
    const half = writeNetwork(network, 'F16')
    expect(half.length).toBeLessThan(0.51 * writeNetwork(network).length)
    const { parameters } = readNetwork(half).learnt
    expect(parameters).toHaveLength(network.learnt.parameters.length)
    expect(parameters.every((value, i) => value === fromHalf(toHalf(network.learnt.parameters[i])))).toBe(true)
  })

  const [spec] = specs
  const tensors = tensorsOf(spec, learntBy(spec))
  const [first, ...rest] = tensors
  const written = (parts: Partial<TensorFile>) =>
    writeSafetensors({ tensors, metadata: { 'inkling.spec': JSON.stringify(spec) }, ...parts })
  const withSpec = (text: string) => written({ metadata: { 'inkling.spec': text } })
  const withLayers = (layers: unknown) => withSpec(JSON.stringify({ ...spec, layers }))
  /** Convolutions with 24 GB of weights, none of which is in the file. */
  const gigantic = [
    ...Array.from({ length: 30 }, () => ({
      ...initialPart(layerTypes, 'conv2d'),
      filters: 512,
      kernel: 28,
      padding: 'same',
    })),
    { type: 'flatten' },
    spec.layers[1],
  ]
  const batchNorm = presets.find(({ name }) => name === 'dense-large')!.spec
  const negative = tensorsOf(batchNorm, learntBy(batchNorm)).map((tensor) =>
    tensor.name.endsWith('variance') ? { ...tensor, values: tensor.values.map(() => -1) } : tensor,
  )
  it.each([
    ['of another program', written({ metadata: {} }), 'Inkling did not write it'],
    ['whose spec is no JSON', written({ metadata: { 'inkling.spec': '{' } }), 'no JSON'],
    ['whose spec has a field twice', withSpec('{"input":"unit","input":"unit"}'), 'has “input” twice'],
    ['whose spec is nested deep', withSpec('['.repeat(5e4)), 'no JSON'],
    ['whose spec is too long by far', withSpec(`[${'0,'.repeat(4e5)}0]`), 'of 800003 characters; 100000 are read'],
    [
      'of a data set that is not here',
      withSpec(JSON.stringify({ ...spec, dataset: 'own:1234' })),
      'has learnt from the data set “own:1234”, which this Inkling does not have',
    ],
    [
      'whose data set is a number',
      withSpec(JSON.stringify({ ...spec, dataset: 7 })),
      'dataset is no data set that this Inkling has',
    ],
    ['whose spec is a list', withSpec('[]'), 'has a network that cannot work'],
    ['whose spec has far too many layers', withLayers(Array(9_000).fill(0)), '; and 8997 more'],
    ['whose layers are text', withLayers('dense'), 'layers must be a list of layers'],
    [
      'whose layer is like the prototype of objects',
      withLayers([{ type: '__proto__' }]),
      'layers.0.type must be one of',
    ],
    ['of gigabytes that are not there', withLayers(gigantic), 'in the shape [784, 192]; its network has [784, 512]'],
    [
      'whose variance is negative',
      written({ tensors: negative, metadata: { 'inkling.spec': JSON.stringify(batchNorm) } }),
      'no variance is negative',
    ],
    [
      'whose spec is not valid',
      written({ metadata: { 'inkling.spec': '{}' } }),
      'trainingSize is missing; validationSize is missing; and',
    ],
    ['without a tensor', written({ tensors: rest }), 'has no tensor layers.0.weights'],
    ['with one too many', written({ tensors: [...tensors, { ...first, name: 'x' }] }), 'has a tensor x'],
    [
      'of another shape',
      written({ tensors: [{ ...first, shape: [192, 784] }, ...rest] }),
      'in the shape [192, 784]; its network has [784, 192]',
    ],
    [
      'with a value that is none',
      written({ tensors: [{ ...first, values: first.values.map((v, i) => (i === 5 ? NaN : v)) }, ...rest] }),
      'NaN as value 5 of layers.0.weights',
    ],
  ])('%s is refused', (_, bytes, reason) => {
    expect(() => readNetwork(bytes)).toThrow(FormatError)
    expect(() => readNetwork(bytes)).toThrow(reason)
  })
})
