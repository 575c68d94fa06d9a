// Folders of pictures that a person brings.

import { describe, expect, test } from 'vitest'
import type { Content } from '../src/datasets/own/content'
import { ownDataset } from '../src/datasets/own/dataset'
import { originalOf, survey } from '../src/datasets/own/read'
import { pictureHeader } from '../src/datasets/own/read/picture-header'
import type { BroughtFile, PictureSurvey } from '../src/datasets/own/read/types'
import { brought, lyingPng, pictureFiles, png, refusal, taken, zipped } from './brought'

const idOf = ({ content }: { content: Content }) => ownDataset('', content).id

describe('folders of pictures', () => {
  const animals = { cat: 10, dog: 12, 'zebra 2': 5, 'zebra 10': 5 }

  test('are surveyed: classes in natural order, sizes, side and framing', async () => {
    const found = (await survey([
      ...pictureFiles(animals),
      brought('animals/cat/.DS_Store', 'x'),
      brought('animals/Thumbs.db', 'x'),
      brought('animals/notes.txt', 'x'),
      brought('animals/cat/a.gif', 'x'),
    ])) as PictureSurvey
    expect(found.classes.map(({ name, train, test }) => [name, train, test])).toEqual([
      ['cat', 10, 0],
      ['dog', 12, 0],
      ['zebra 2', 5, 0],
      ['zebra 10', 5, 0],
    ])
    expect(found).toMatchObject({ title: 'animals', split: false, sizes: { least: [6, 5], most: [6, 5] } })
    expect(found.proposed).toEqual({ kind: 'pictures', side: 28, colour: true, framing: 'crop', testShare: 0.2 })
    expect(found.left.listed.map(({ what, why }) => `${what} ${why}`)).toEqual([
      'animals/notes.txt is no picture',
      'animals/cat/a.gif is a picture of a kind that is not read: PNG, JPEG and WebP are',
    ])
    const sample = found.classes[1].samples[0]
    expect(pictureHeader(await originalOf(pictureFiles(animals), sample))?.stored).toEqual([6, 5])
  })

  test('are read, the same from a folder and from a zip, each picture in its class', async () => {
    const files = pictureFiles(animals)
    const found = await taken(files)
    const { content } = found
    expect(content.input).toEqual({ kind: 'image', height: 28, width: 28, channels: 3 })
    expect([content.train.labels.length, content.test.labels.length]).toEqual([26, 6])
    for (const { examples, labels } of [content.train, content.test]) {
      expect([...labels].map((_, i) => examples[i * 784 * 3])).toEqual(
        [...labels].map((label) => 40 * [0, 1, 2, 3][label]),
      )
    }
    const entries = await Promise.all(files.map(async (file) => [file.path, await file.read(0, file.size)] as const))
    const zip = zipped('animals.zip', { ...Object.fromEntries(entries), '__MACOSX/animals/cat/._0.png': 'x' })
    expect(idOf(await taken([zip]))).toBe(idOf(found))
    expect((await taken(files, { kind: 'pictures', colour: false, side: 32 })).content.input).toMatchObject({
      height: 32,
      channels: 1,
    })
  })

  test.each([
    ['train and test', { 'train/': { a: 5, b: 5 }, 'test/': { a: 2, b: 2 } }, [10, 4], /^$/],
    [
      'train and val',
      { 'train/': { a: 5, b: 5 }, 'val/': { a: 2, b: 2 } },
      [10, 4],
      /validation are those to test with/,
    ],
    [
      'train, valid and test',
      { 'train/': { a: 5, b: 5 }, 'valid/': { a: 3, b: 3 }, 'test/': { a: 2, b: 2 } },
      [16, 4],
      /validation are trained on/,
    ],
    ['no words', { '': { a: 5, b: 5 } }, [8, 2], /^$/],
  ])('respect %s', async (_, parts, counts, note) => {
    const files = Object.entries(parts).flatMap(([folder, classes], i) =>
      pictureFiles(classes as unknown as Record<string, number>, `set/${folder}`, i),
    )
    const { content, notes } = await taken(files)
    expect([content.train.labels.length, content.test.labels.length]).toEqual(counts)
    expect(notes.join(' ')).toMatch(note)
  })

  test('of which the tests lie in no classes are split', async () => {
    const { content, left, notes } = await taken([
      ...pictureFiles({ a: 5, b: 5 }, 'set/train/'),
      brought('set/test/1.png', png(4, 4, [1, 2, 3])),
    ])
    expect([content.train.labels.length, content.test.labels.length]).toEqual([8, 2])
    expect(left.listed).toEqual([{ what: 'set/test/1.png', why: 'lies in no folder of a class' }])
    expect(notes.join()).toContain('a share of the others is set aside')
  })

  test('that do not decode or are too large are left out, counted and listed', async () => {
    const { content, left } = await taken([
      ...pictureFiles({ a: 5, b: 5 }, 's/'),
      brought('s/a/bad.png', png(9, 9, [1, 2, 3]).slice(0, 60)),
      brought('s/a/huge.png', lyingPng(20_000, 20_000)),
      brought('s/b/empty.jpg', ''),
      brought('s/b/text.jpg', 'hello'),
      brought('s/b/strip.png', lyingPng(10_000, 10)),
    ])
    expect(content.train.labels.length + content.test.labels.length).toBe(10)
    expect(left.count).toBe(5)
    const why = Object.fromEntries(left.listed.map(({ what, why }) => [what, why]))
    expect(why['s/a/bad.png']).toMatch(/^does not decode: it is damaged/)
    expect(why['s/a/huge.png']).toBe('has 20,000 × 20,000 pixels: the most is 64 million')
    expect(why['s/b/empty.jpg']).toBe('is empty')
    expect(why['s/b/text.jpg']).toMatch(/^is no PNG, JPEG or WebP/)
    expect(why['s/b/strip.png']).toMatch(/one side is more than 32 times the other/)
  })

  test('report progress and stop', async () => {
    const stop = new AbortController()
    const seen: number[] = []
    const message = await refusal(
      pictureFiles({ a: 20, b: 20 }),
      {},
      {
        signal: stop.signal,
        progress: (done, total) => {
          seen.push(done / total)
          if (done === 10) stop.abort(new Error('stopped'))
        },
      },
    )
    expect(message).toBe('stopped')
    expect(Math.max(...seen)).toBeLessThan(0.6)
  })

  const bare = (...paths: string[]) => paths.map((path, i) => brought(path, png(4, 4, [i, 2, 3])))
  test.each<[string, BroughtFile[], RegExp]>([
    [
      'one class',
      pictureFiles({ cat: 4 }),
      /^animals has one class only: all 4 pictures lie in one folder \(“cat”\). Make a folder for each class/,
    ],
    ['no folder', bare('1.png', '2.png'), /one class only.*in no folder/],
    [
      '10,000 folders',
      Array.from({ length: 10_000 }, (_, i) => brought(`all/${i}/1.png`, png(1, 1, [1, 2, 3]))),
      /^all has 10,000 class folders. The most is 100/,
    ],
    ['an empty class', [...pictureFiles({ a: 3, b: 3 }), brought('animals/c/', '')], /^animals\/c is an empty class/],
    [
      'a class of damaged pictures',
      [...pictureFiles({ a: 3, b: 3 }), brought('animals/c/1.png', 'x')],
      /no readable picture of the class “c”: 1 picture left out, the first because animals\/c\/1.png is no PNG/,
    ],
    [
      'a class to test with alone',
      [...pictureFiles({ a: 3, b: 3 }, 's/train/'), ...pictureFiles({ a: 1, c: 1 }, 's/test/')],
      /pictures of “c” to test with, and none to train on/,
    ],
    ['nothing to read', [brought('a/b/1.gif', 'x')], /nothing to learn from/],
  ])('are refused: %s', async (_, files, sentence) => {
    expect(await refusal(files)).toMatch(sentence)
  })

  test('of more than memory are refused before one is decoded', async () => {
    const one = png(2, 2, [1, 2, 3])
    const files = Array.from({ length: 100_000 }, (_, i) => brought(`s/${i % 2}/${i}.png`, one))
    const decode = () => Promise.reject(new Error('decoded'))
    expect(await refusal(files, { kind: 'pictures', side: 64, colour: true }, { decode })).toMatch(
      /^s would take 1.1 GiB of memory: 100,000 pictures of 64 × 64 pixels in colour/,
    )
  })

  test('with names of control characters and markup', async () => {
    const { content } = await taken(pictureFiles({ '<b>x\u0007': 3, 'y\u202e': 3 }))
    expect(content.classes).toEqual(['<b>x', 'y'])
  })
})
