// Limits of what a person brings: what is read can be kept and read again, and what is damaged is told.

import { zipSync } from 'fflate'
import { describe, expect, test, vi } from 'vitest'
import { saysHowToRead } from '../src/cli/bring'
import { MOST_FEATURES, MOST_LETTERS, type Content } from '../src/datasets/own/content'
import { checkContent } from '../src/datasets/own/check'
import { ownDataset } from '../src/datasets/own/dataset'
import { readDescriptor } from '../src/datasets/own/descriptor'
import { readKept } from '../src/datasets/own/kept'
import { loadOwn } from '../src/datasets/own/load'
import { survey } from '../src/datasets/own/read'
import { cleaned, distinctNames } from '../src/datasets/own/read/names'
import { packDataset } from '../src/datasets/own/read/pack'
import { bytesOf } from '../src/datasets/own/read/pixels'
import type { BroughtFile, PictureAnswers } from '../src/datasets/own/read/types'
import { brought, flatDecoder, pictureFiles, png, refusal, taken } from './brought'
import { idxFile } from './idx-files'

vi.mock('../src/datasets/own/kept', () => ({ readKept: vi.fn() }))

/** A table of two classes with these columns, one number each. */
const table = (names: readonly string[]): Content => ({
  input: { kind: 'features', names },
  classes: ['a', 'b'],
  train: { examples: new Float32Array(2 * names.length), labels: Uint8Array.of(0, 1) },
  test: { examples: new Float32Array(names.length), labels: Uint8Array.of(1) },
})
const columns = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`)
const zipOf = (content: Content) => brought('x.zip', new Uint8Array(Buffer.concat(packDataset('X', content))))
/** Pictures of one size, two to train on. */
const images = (side: number, channels: 1 | 3 = 1): Content => ({
  input: { kind: 'image', height: side, width: side, channels },
  classes: ['a', 'b'],
  train: { examples: new Uint8Array(2 * side * side * channels), labels: Uint8Array.of(0, 1) },
  test: { examples: new Uint8Array(side * side * channels), labels: Uint8Array.of(1) },
})

describe('the number of features', () => {
  test.each([0, MOST_FEATURES + 1, 0xffffffff])(
    'of %i in an IDX file is refused before names are made',
    async (width) => {
      const bytes = new Uint8Array(12)
      const view = new DataView(bytes.buffer)
      for (const [i, word] of [0x0d02, 0, width].entries()) view.setUint32(4 * i, word)
      const files = [
        brought('train-x-idx2', bytes),
        brought('train-labels-idx1-ubyte', idxFile('labels', new Uint8Array(0))),
      ]
      expect(await refusal(files)).toMatch(
        /^train-x-idx2 holds rows of [\d,]+ numbers\. The least is 1 and the most 20,000/,
      )
    },
  )

  test('is the same for keeping, packing and reading', async () => {
    const most = table(columns(MOST_FEATURES))
    const dataset = ownDataset('X', most)
    expect(readDescriptor(dataset)).toEqual(dataset)
    expect((await taken([zipOf(most)])).content.input).toEqual(most.input)
    expect(() => ownDataset('X', table(columns(MOST_FEATURES + 1)))).toThrow(/has 20,001 numbers\. The most is 20,000/)
    expect(await refusal([zipOf(table(columns(MOST_FEATURES + 1)))])).toMatch(/input\.names/)
  })
})

describe('names', () => {
  test('of features in a packed data set are cleaned and told apart, and too long ones refused', async () => {
    const { content } = await taken([zipOf(table(['a\u202eb', 'a\nb', 'a b', '', 'x'.repeat(150)]))])
    const names = content.input.kind === 'features' ? content.input.names : []
    expect(names).toEqual(['ab', 'a b', 'a b (2)', 'value 4', `${'x'.repeat(59)}…`])
    expect(await refusal([zipOf(table(['x'.repeat(MOST_LETTERS + 1)]))])).toMatch(/input\.names/)
  })

  test('that are cleaned stay as they are', () => {
    const long = 'x'.repeat(70)
    for (const name of [...distinctNames([long, long, long]), ...distinctNames(['a \u200b b'])]) {
      expect(cleaned(name)).toBe(name)
    }
    expect(new Set(distinctNames(Array.from({ length: 20_000 }, () => long))).size).toBe(20_000)
  })

  test('that could not be read again are refused', () => {
    expect(() => ownDataset('X', table(['x'.repeat(MOST_LETTERS + 1)]))).toThrow(/more than 200 letters/)
    expect(() => ownDataset('x'.repeat(MOST_LETTERS + 1), table(['a']))).toThrow(RangeError)
  })
})

test.each<[string, object]>([
  ['two classes of one name', { classes: ['a', 'a'] }],
  ['pictures of another size that can be drawn', { abilities: { draw: true, synthetic: false, warp: true } }],
  ['more features', { input: { kind: 'features', names: columns(MOST_FEATURES + 1) } }],
])('a descriptor with %s is none', (_, changed) => {
  const dataset = ownDataset('X', images(27))
  expect(readDescriptor(dataset)).toBeDefined()
  expect(readDescriptor({ ...dataset, ...changed })).toBeUndefined()
})

test('a descriptor may say that pictures of the size of the pad can be drawn, if they are gray', () => {
  const draw = { draw: true, synthetic: false, warp: true }
  expect(readDescriptor({ ...ownDataset('X', images(28)), abilities: draw })).toBeDefined()
  expect(readDescriptor({ ...ownDataset('X', images(28, 3)), abilities: draw })).toBeUndefined()
})

describe('pictures', () => {
  /** A file that cannot be read. */
  const damaged = (path: string): BroughtFile => ({
    path,
    size: 100,
    read: () => Promise.reject(new Error('cut off')),
  })

  test('that cannot be read are left out, with the reason', async () => {
    const { content, left } = await taken([...pictureFiles({ a: 6, b: 6 }, 's/'), damaged('s/a/0000.png')])
    expect(content.train.labels.length + content.test.labels.length).toBe(12)
    expect(left.listed).toEqual([{ what: 's/a/0000.png', why: 'cannot be read (cut off)' }])
  })

  test('are not decoded any more after a failure', async () => {
    let [started, ended] = [0, 0]
    const message = await refusal(
      pictureFiles({ a: 30, b: 30 }),
      {},
      {
        decode: async (...given) => {
          started++
          await new Promise((resolve) => setTimeout(resolve, 5))
          ended++
          return flatDecoder(...given)
        },
        progress: () => {
          throw new Error('the page is gone')
        },
      },
    )
    expect(message).toBe('the page is gone')
    expect(started).toBeLessThan(10)
    expect(ended).toBe(started)
  })

  test.each([0, 0.6, NaN])('are not split with a share of %d to test with', async (testShare) => {
    const changed: Partial<PictureAnswers> = { kind: 'pictures', testShare }
    expect(await refusal(pictureFiles({ a: 5, b: 5 }), changed)).toMatch(/the least is 5 and the most 50/)
  })
})

test('a zip is known by its first bytes, and a spreadsheet stays one', async () => {
  const zip = zipSync({ 'a/1.png': png(4, 4, [1, 2, 3]), 'b/1.png': png(4, 4, [3, 2, 1]) })
  for (const name of ['download', 'data.csv', 'data.ZIP', 'data.png']) {
    expect(await survey([brought(name, zip)])).toMatchObject({
      kind: 'pictures',
      classes: [{ name: 'a' }, { name: 'b' }],
    })
  }
  expect(await refusal([brought('data.xlsx', zip)])).toMatch(/is a spreadsheet/)
})

test('pixels become gray by BT.601, or colours, over white', () => {
  const pixels = Uint8ClampedArray.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 0)
  expect([...bytesOf(pixels, 1)]).toEqual([76, 150, 29, 255])
  expect([...bytesOf(pixels, 3)]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])
})

describe('a content that was kept', () => {
  const right = images(3)
  const dataset = ownDataset('Mine', right)
  test('is loaded if it suits its descriptor', () => expect(() => checkContent(dataset, right)).not.toThrow())

  test('is not written into any store if it does not', async () => {
    const store = vi.fn(() => ({ write: () => {} }))
    vi.mocked(readKept).mockResolvedValueOnce(images(4))
    await expect(loadOwn(dataset, { store, drop: () => {} })).rejects.toThrow(/of another size or kind/)
    expect(store).not.toHaveBeenCalled()
    vi.mocked(readKept).mockResolvedValueOnce(right)
    expect(await loadOwn(dataset, { store, drop: () => {} })).toEqual({ trainCount: 2, testCount: 1 })
  })

  test.each<[string, Content]>([
    ['another size', images(4)],
    ['another kind', table(['a'])],
    ['other classes', { ...right, classes: ['a', 'c'] }],
    ['another number', { ...right, train: right.test }],
    ['a label of no class', { ...right, test: { ...right.test, labels: Uint8Array.of(2) } }],
    ['examples cut off', { ...right, train: { ...right.train, examples: new Uint8Array(17) } }],
    ['values of another type', { ...right, test: { ...right.test, examples: new Float32Array(9) } }],
  ])('is refused with %s', (_, wrong) => {
    expect(() => checkContent(dataset, wrong)).toThrow(
      /^Mine is kept with examples that do not suit it: .*bring its file again/,
    )
  })
})

test('gray is as much a way to read pictures as colour', () => {
  expect([{ colour: false }, { side: '28' }, { label: '' }].map(saysHowToRead)).toEqual([true, true, true])
  expect(saysHowToRead({})).toBe(false)
})
