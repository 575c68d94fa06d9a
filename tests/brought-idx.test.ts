// IDX files of MNIST and its relatives that a person brings.

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Content } from '../src/datasets/own/content'
import { ownDataset } from '../src/datasets/own/dataset'
import { survey } from '../src/datasets/own/read'
import type { BroughtFile, IdxSurvey } from '../src/datasets/own/read/types'
import { brought, gzipped, refusal, taken, zipped } from './brought'
import { idxFile } from './idx-files'

const idOf = ({ content }: { content: Content }) => ownDataset('', content).id

/** Images of 3 x 4 pixels that tell their place, all different. */
const images = (count: number, start = 0) =>
  idxFile(
    'images',
    Uint8Array.from({ length: count * 12 }, (_, i) => (i % 12 === 0 ? start + i / 12 : (i * 7) % 251)),
    [3, 4],
  )
const labels = (count: number, classes: number, first = 0) =>
  idxFile(
    'labels',
    Uint8Array.from({ length: count }, (_, i) => first + (i % classes)),
  )

describe('IDX files', () => {
  const four = (pack: (name: string, bytes: Uint8Array) => BroughtFile, end: string) => [
    pack(`set/train-images-idx3-ubyte${end}`, images(30)),
    pack(`set/train-labels-idx1-ubyte${end}`, labels(30, 3)),
    pack(`set/t10k-images-idx3-ubyte${end}`, images(9, 100)),
    pack(`set/t10k-labels-idx1-ubyte${end}`, labels(9, 3)),
  ]

  test('plain and as gzip, recognised by their headers', async () => {
    const plain = await taken(four(brought, ''))
    expect([plain.content.train.labels.length, plain.content.test.labels.length]).toEqual([30, 9])
    expect(plain.content.input).toEqual({ kind: 'image', height: 3, width: 4, channels: 1 })
    expect(plain.content.classes).toEqual(['0', '1', '2'])
    expect(idOf(await taken(four(gzipped, '.gz')))).toBe(idOf(plain))
    const packed = zipped('set.zip', {
      'a/train-images-idx3-ubyte': images(30),
      'a/train-labels-idx1-ubyte': labels(30, 3),
      'a/t10k-images-idx3-ubyte': images(9, 100),
      'a/t10k-labels-idx1-ubyte': labels(9, 3),
    })
    expect(idOf(await taken([packed]))).toBe(idOf(plain))
    // Each image keeps its label.
    const { examples, labels: kept } = plain.content.train
    expect([...kept].every((label, i) => examples[i * 12] % 3 === label)).toBe(true)
  })

  test('under any names, paired by their counts; without files to test with a share is set aside', async () => {
    const found = await taken([brought('one.bin', images(30)), brought('two.bin', labels(30, 3))])
    expect(found.content.train.labels.length).toBe(24)
    expect(found.notes.join(' ')).toContain('no files to test with')
  })

  test('of EMNIST: labels from 1, a mapping, images turned, several sets', async () => {
    const files = [
      brought('gzip/emnist-letters-train-images-idx3-ubyte', images(30)),
      brought('gzip/emnist-letters-train-labels-idx1-ubyte', labels(30, 3, 1)),
      brought('gzip/emnist-letters-test-images-idx3-ubyte', images(9, 100)),
      brought('gzip/emnist-letters-test-labels-idx1-ubyte', labels(9, 3, 1)),
      brought('gzip/emnist-letters-mapping.txt', '1 65 97\n2 66 98\n3 67 99\n'),
      brought('gzip/emnist-digits-train-images-idx3-ubyte', images(20)),
      brought('gzip/emnist-digits-train-labels-idx1-ubyte', labels(20, 2)),
    ]
    const found = (await survey(files)) as IdxSurvey
    expect(found.sets.map(({ name, classes, train, test }) => [name, classes, train, test])).toEqual([
      ['emnist-letters', ['Aa', 'Bb', 'Cc'], 30, 9],
      ['emnist-digits', ['0', '1'], 20, 0],
    ])
    expect(found.proposed).toMatchObject({ set: 'emnist-letters', turn: true })
    expect(found.notes.join(' ')).toContain('start at 1')
    const turned = await taken(files)
    const straight = await taken(files, { kind: 'idx', turn: false })
    expect(turned.content.input).toMatchObject({ height: 4, width: 3 })
    const at = (content: Content, row: number, column: number) =>
      content.train.examples[row * (content.input.kind === 'image' ? content.input.width : 0) + column]
    const first = turned.content.train.examples[0]
    expect(first).toBeGreaterThanOrEqual(0)
    for (const label of [turned, straight]) expect(new Set(label.content.train.labels)).toEqual(new Set([0, 1, 2]))
    const sums = (content: Content) => [...content.train.examples].reduce((a, b) => a + b)
    expect(sums(turned.content)).toBe(sums(straight.content))
    expect(at(turned.content, 1, 0)).not.toBe(at(turned.content, 0, 1))
    expect((await taken(files, { kind: 'idx', set: 'emnist-digits' })).content.classes).toEqual(['0', '1'])
  })

  const right = images(30)
  const changed = (bytes: Uint8Array, at: number, value: number) =>
    Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte))
  test.each<[string, BroughtFile[], RegExp]>([
    [
      'another magic',
      [brought('train-images-idx3-ubyte', changed(right, 0, 1)), brought('train-labels-idx1-ubyte', labels(30, 3))],
      /^train-images-idx3-ubyte is no IDX file.*magic number is 0x01000803/,
    ],
    ['a web page', [brought('train-images-idx3-ubyte', '<html>not found</html>')], /looks like a web page/],
    ['a cut file', [brought('train-images-idx3-ubyte', right.slice(0, 99))], /has 99 bytes, and its header tells 376/],
    [
      'a cut gzip file',
      [
        brought('train-images-idx3-ubyte.gz', new Uint8Array(gzipSync(right)).slice(0, -12)),
        brought('train-labels-idx1-ubyte', labels(30, 3)),
      ],
      /is (no whole|a damaged) gzip file/,
    ],
    ['no labels', [brought('train-images-idx3-ubyte', right)], /lacks its labels/],
    [
      'labels missing in test',
      [
        brought('train-images-idx3-ubyte', right),
        brought('train-labels-idx1-ubyte', labels(30, 3)),
        brought('t10k-images-idx3-ubyte', images(9)),
      ],
      /^t10k-images-idx3-ubyte lacks its labels.*leave it out, or bring its labels/,
    ],
    [
      'other counts',
      [brought('train-images-idx3-ubyte', right), brought('train-labels-idx1-ubyte', labels(29, 3))],
      /30 images, and train-labels-idx1-ubyte 29 labels/,
    ],
    [
      'one class',
      [brought('train-images-idx3-ubyte', right), brought('train-labels-idx1-ubyte', labels(30, 1))],
      /one class only: all its labels are 0/,
    ],
    [
      'too many classes',
      [brought('train-images-idx3-ubyte', images(255)), brought('train-labels-idx1-ubyte', labels(255, 255))],
      /has 255 classes. The most is 100/,
    ],
    [
      'a class in test alone',
      [...four(brought, '').slice(0, 3), brought('set/t10k-labels-idx1-ubyte', labels(9, 4))],
      /has label 3, which no example to train on has/,
    ],
    [
      'large images',
      [brought('a.idx', idxFile('images', new Uint8Array(200 * 200), [200, 200])), brought('b.idx', labels(1, 1))],
      /200 × 200 pixels. The most is 128 × 128/,
    ],
  ])('are refused: %s', async (_, files, sentence) => {
    expect(await refusal(files)).toMatch(sentence)
  })

  test('that tell of more than memory are refused before they are read', async () => {
    const head = idxFile('images', new Uint8Array(0), [28, 28])
    new DataView(head.buffer).setUint32(4, 3_000_000)
    const size = head.length + 3_000_000 * 784
    const start = new Uint8Array(100)
    start.set(head)
    const huge: BroughtFile = {
      path: 'train-images-idx3-ubyte',
      size,
      read: (from, to) =>
        from === 0 ? Promise.resolve(start.slice(0, Math.min(to, 100))) : Promise.reject(new Error('It was read.')),
    }
    const many: BroughtFile = brought('train-labels-idx1-ubyte', labels(3_000_000, 3))
    expect(await refusal([huge, many])).toMatch(
      /would take 2.2 GiB of memory: 3,000,000 pictures of 28 × 28 pixels. The most is 1 GiB/,
    )
  })

  test('mutated are read whole or refused', async () => {
    const files = four(gzipped, '.gz')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 0, max: 255 }),
        async (which, where, value) => {
          const bytes = await files[which].read(0, files[which].size)
          bytes[Math.floor(where * bytes.length)] = value
          const mutated = files.map((file, i) => (i === which ? brought(file.path, bytes) : file))
          try {
            const { content } = await taken(mutated)
            ownDataset('', content)
          } catch (error) {
            expect(error).toHaveProperty('name', 'DataError')
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
