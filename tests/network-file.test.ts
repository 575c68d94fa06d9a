// Networks as safetensors files: what is written is read back, and what is wrong is refused with the reason.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNetwork, writeNetwork } from '../src/formats/network'
import { FormatError, readSafetensors, writeSafetensors, type TensorFile } from '../src/formats/safetensors'
import { normal } from '../src/kernels/random'
import { layOut, learntFrom, tensorsOf, type Learnt } from '../src/model/parameters'
import { presets } from '../src/model/presets'
import { summarise, type Spec } from '../src/model/spec'

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
function file(header: string, data = new Uint8Array(0), length = BigInt(header.length)): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, length, true)
  bytes.set(new TextEncoder().encode(header), 8)
  bytes.set(data, 8 + header.length)
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

  it('are laid out as the format says', () => {
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

  const one = (entry: object) => JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...entry } })
  it.each([
    ['nothing', new Uint8Array(0), 'it has 0 bytes'],
    ['a huge header', file('{}', undefined, 2n ** 60n), 'over 100 MB'],
    [
      'a header that ends after the file',
      file('{}', undefined, 99n),
      'cut off: its header ends at byte 107, and the file at 10',
    ],
    ['a header that is no JSON', file('{"a":'), 'no JSON'],
    ['a header that is a list', file('[]'), 'no JSON object'],
    ['another type', file(one({ dtype: 'BF16' }), new Uint8Array(8)), 'a as BF16; only F32'],
    ['no shape', file(one({ shape: 'x' }), new Uint8Array(8)), 'which shape a has'],
    ['a negative shape', file(one({ shape: [-2] }), new Uint8Array(8)), 'which shape a has'],
    ['a shape of other size', file(one({ shape: [3] }), new Uint8Array(8)), 'gives a 8 bytes; its shape [3] takes 12'],
    ['tensors after the end', file(one({}), new Uint8Array(4)), 'cut off: a ends 4 bytes after the file'],
    ['metadata of numbers', file('{"__metadata__":{"k":1}}'), 'metadata that are no text'],
    ['an entry that is null', file('{"a":null}'), 'a as undefined'],
  ])('with %s are refused', (_, bytes, reason) => {
    expect(() => readSafetensors(bytes)).toThrow(FormatError)
    expect(() => readSafetensors(bytes)).toThrow(reason)
  })

  it('never fail otherwise, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => file(text)),
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

  /** Other values in every place that is not padding. */
  function learntBy(spec: Spec): Learnt {
    const tensors = layOut(summarise(spec).layers).list.map(({ name, shape }, t) => {
      const count = shape.reduce((a, b) => a * b, 1)
      return { name, shape, values: Float32Array.from({ length: count }, (_, i) => normal(3, t, i)) }
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

  const [spec] = specs
  const tensors = tensorsOf(spec, learntBy(spec))
  const [first, ...rest] = tensors
  const written = (parts: Partial<TensorFile>) =>
    writeSafetensors({ tensors, metadata: { 'inkling.spec': JSON.stringify(spec) }, ...parts })
  it.each([
    ['of another program', written({ metadata: {} }), 'Inkling did not write it'],
    ['whose spec is no JSON', written({ metadata: { 'inkling.spec': '{' } }), 'no JSON'],
    ['whose spec is not valid', written({ metadata: { 'inkling.spec': '{}' } }), 'layers is missing'],
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
