// Data sets of a person's own: their descriptors, how examples are sorted, and a network that learns from few drawings.

import { describe, expect, it } from 'vitest'
import { sorted } from '../src/datasets/own/read/sort'
import type { Example } from '../src/datasets/layout'
import { contentBytes, type Content } from '../src/datasets/own/content'
import { ownDataset } from '../src/datasets/own/dataset'
import { isOwnId } from '../src/datasets/own/id'
import type { Dataset, Input } from '../src/datasets/dataset'
import { planeContent } from '../src/datasets/plane/points'
import { examplesFile } from '../src/formats/pytorch/examples'
import { presetsFor } from '../src/model/presets'
import { specIssues } from '../src/model/spec'
import { addDataset, allDatasets, datasetOf, findDataset, ownDatasets } from '../src/datasets'

const spiral = datasetOf({ dataset: 'plane.spiral' })
const small: Input = { kind: 'image', height: 2, width: 3, channels: 1 }
/** A content of examples, a fifth of each class to test with. */
function arrange(
  input: Input,
  classes: readonly string[],
  list: readonly { example: Example; label: number }[],
): Content {
  const numbers = list.flatMap(({ example }) => [...example])
  const values = input.kind === 'image' ? Uint8Array.from(numbers) : Float32Array.from(numbers)
  const labels = Uint8Array.from(list, ({ label }) => label)
  return sorted('test', { input, classes, values, labels }, 0.2).content
}
const pictures = (count: number, label: number, base = 0) =>
  Array.from({ length: count }, (_, i) => ({ example: Uint8Array.of(label, i, base, 3, 4, 5), label }))
const content = (classes = ['cat', 'dog']): Content =>
  arrange(
    small,
    classes,
    classes.flatMap((_, label) => pictures(10, label)),
  )

describe('the descriptor', () => {
  it('has an id that depends on the contents, and not on title and date', () => {
    const [a, b] = [ownDataset('A', content(), 1), ownDataset('B', content(), 2)]
    expect(a.id).toBe(b.id)
    expect(isOwnId(a.id)).toBe(true)
    expect(ownDataset('A', content(['cat', 'cow'])).id).not.toBe(a.id)
    const changed = content()
    changed.test.examples[0]++
    expect(ownDataset('A', changed).id).not.toBe(a.id)
    expect(a).toMatchObject({ title: 'A', train: 16, test: 4, own: { made: 1, bytes: contentBytes(content()) } })
  })

  it.each([
    [{ ...content(), classes: ['one'] }, 'A data set has 2 to 100 classes, not 1.'],
    [{ ...content(), classes: ['a', 'a'] }, 'Two classes have one name.'],
    [{ ...content(), classes: ['a', 'b', 'c'] }, 'There is no example of c to train on.'],
    [
      { ...content(), test: { examples: new Uint8Array(0), labels: new Uint8Array(0) } },
      'There are no examples to test with.',
    ],
    [
      { ...content(), train: { ...content().train, examples: new Uint8Array(7) } },
      '16 examples have 7 values, not 6 each.',
    ],
  ])('is refused for contents that cannot be learnt from: %#', (wrong, words) => {
    expect(() => ownDataset('A', wrong as Content)).toThrow(words)
  })

  it("says that pictures of the pad's size with empty borders can be drawn, and no others", () => {
    const side: Input = { kind: 'image', height: 28, width: 28, channels: 1 }
    const picture = (border: number, label: number, i: number) => ({
      label,
      example: Uint8Array.from({ length: 28 * 28 }, (_, at) =>
        at < 28 ? border : at === 28 * 14 + i + 1 ? 255 : label,
      ),
    })
    const set = (border: number) =>
      ownDataset(
        'A',
        arrange(
          side,
          ['a', 'b'],
          [0, 1].flatMap((label) =>
            Array.from({ length: 8 }, (_, i) => picture(border, 0, i)).map((each) => ({ ...each, label })),
          ),
        ),
      )
    expect(set(0).abilities).toEqual({ draw: true, synthetic: false, warp: true })
    expect(set(200).abilities.draw).toBe(false)
    expect(ownDataset('A', content()).abilities.draw).toBe(false)
  })

  it('is known by its id once it is added, and takes the place of itself under another title', () => {
    const dataset = ownDataset('A', content(['x', 'y']))
    expect(findDataset(dataset.id)).toBeUndefined()
    addDataset(dataset)
    const renamed = { ...dataset, title: 'B' }
    addDataset(renamed)
    expect(findDataset(dataset.id)).toBe(renamed)
    expect(ownDatasets()).toEqual([renamed])
    expect(allDatasets()).not.toContain(renamed)
  })
})

describe("presets of a data set of one's own", () => {
  const features: Input = { kind: 'features', names: ['a', 'b', 'c'] }
  const table = arrange(
    features,
    ['x', 'y'],
    Array.from({ length: 40 }, (_, i) => ({ example: Float32Array.of(i, i % 3, 1), label: i % 2 })),
  )
  const image = (side: number, channels: 1 | 3) => {
    const input: Input = { kind: 'image', height: side, width: side, channels }
    const examples = Array.from({ length: 10 }, (_, i) => ({
      example: new Uint8Array(side * side * channels).fill(i),
      label: i % 2,
    }))
    return arrange(input, ['x', 'y'], examples)
  }
  it.each([
    ['features', table, ['own-dense', 'own-softmax']],
    ['gray pictures', image(28, 1), ['own-convolution', 'own-dense', 'own-softmax']],
    ['coloured pictures of 64 pixels', image(64, 3), ['own-convolution', 'own-dense', 'own-softmax']],
    ['pictures of 9 pixels', image(9, 1), ['own-convolution', 'own-dense', 'own-softmax']],
  ])('for %s', (_, content, names) => {
    const dataset = ownDataset('A', content)
    addDataset(dataset)
    const presets = presetsFor(dataset)
    expect(presets.map(({ name }) => name)).toEqual(names)
    for (const { spec } of presets) expect(specIssues(spec)).toEqual([])
    expect(presets[0].spec.epochs * Math.ceil(dataset.train / presets[0].spec.batchSize)).toBeGreaterThanOrEqual(200)
  })
})

describe('the file of examples beside a PyTorch script', () => {
  it.each([
    ['pictures', content(), 'U8', [16, 2, 3]],
    ['points', planeContent(spiral, spiral.plane as NonNullable<Dataset['plane']>), 'F32', [spiral.train, 2]],
  ] as const)('holds %s in the order of training', (_, content, dtype, shape) => {
    const bytes = examplesFile(content, content)
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >
    const at = (name: string) => bytes.slice(8 + length).subarray(...header[name].data_offsets)
    expect(header['train.inputs']).toMatchObject({ dtype, shape })
    const { buffer, byteOffset, byteLength } = content.train.examples
    expect(at('train.inputs')).toEqual(new Uint8Array(buffer, byteOffset, byteLength))
    expect(at('train.labels')).toEqual(content.train.labels)
    expect(at('test.labels')).toEqual(content.test.labels)
    expect(header['test.labels']).toMatchObject({ dtype: 'U8', shape: [content.test.labels.length] })
  })
})
