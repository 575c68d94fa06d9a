// IDX files, folders of pictures, zips and packed data sets that a person brings.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import type { Content } from '../src/datasets/own/content'
import { ownDataset } from '../src/datasets/own/dataset'
import { originalOf, survey } from '../src/datasets/own/read'
import { packDataset, pythonLines } from '../src/datasets/own/read/pack'
import { contentHash } from '../src/datasets/own/read/hash'
import { pictureHeader } from '../src/datasets/own/read/picture-header'
import type { BroughtFile, IdxSurvey, PictureSurvey } from '../src/datasets/own/read/types'
import { brought, gzipped, lyingPng, pictureFiles, png, refusal, taken, zipped } from './brought'
import { idxFile } from './idx-files'

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

const idOf = ({ content }: { content: Content }) => ownDataset('', content).id

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

describe('zips', () => {
  const bomb = () => {
    // One megabyte of zeros in many entries that all tell of four gigabytes.
    const bytes = zipSync({ 'a/1.png': new Uint8Array(1000), 'b/1.png': new Uint8Array(1000) })
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0xfffffffe, true)
    }
    return bytes
  }

  test.each<[string, () => Uint8Array, RegExp]>([
    ['a bomb', bomb, /^b\.zip is a zip bomb: .* that unpack to 8 GiB. Nothing of it was unpacked/],
    ['a cut one', () => zipSync({ 'a/1.png': png(4, 4, [1, 2, 3]) }).slice(0, -10), /^b\.zip is no whole zip file/],
    ['an empty one', () => zipSync({}), /^b\.zip holds no files/],
    ['a zip in a zip', () => zipSync({ 'c.zip': zipSync({}) }), /holds no files/],
    [
      'a locked one',
      () => marked(zipSync({ 'a.csv': strToU8('a,b\n1,x\n') }), 8, 1),
      /a\.csv is locked with a password/,
    ],
    [
      'one of another method',
      () => marked(zipSync({ 'a.csv': strToU8('a,b\n1,x\n') }), 10, 14),
      /packed in a way \(14\) that cannot be read/,
    ],
  ])('are refused: %s', async (_, bytes, sentence) => {
    expect(await refusal([brought('b.zip', bytes())])).toMatch(sentence)
  })

  test('whose entries unpack to more than they tell are refused', async () => {
    const bytes = zipSync({ 't.csv': strToU8(`a,label\n${'1,x\n2,y\n'.repeat(1000)}`) })
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true)
    }
    expect(await refusal([brought('b.zip', bytes)])).toMatch(/^b\.zip: t\.csv unpacks to more than the zip tells/)
  })

  test('with bytes changed are read whole or refused', async () => {
    const bytes = zipSync({ 'd/t.csv': strToU8('a,label\n1,x\n2,y\n3,x\n4,y\n5,x\n') })
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), async (at, value) => {
        const mutated = Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte))
        try {
          ownDataset('', (await taken([brought('m.zip', mutated)])).content)
        } catch (error) {
          expect(error).toHaveProperty('name', 'DataError')
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** Sets a 16-bit field of every entry in the central directory. */
function marked(bytes: Uint8Array, field: number, value: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint16(at + field, value, true)
  }
  return bytes
}

describe('a packed data set', () => {
  const pictures: Content = {
    input: { kind: 'image', height: 2, width: 3, channels: 3 },
    classes: ['ja', '"no" <b>', 'другое'],
    train: {
      examples: Uint8Array.from({ length: 18 * 7 }, (_, i) => (i * 37) % 256),
      labels: Uint8Array.of(0, 1, 2, 2, 1, 0, 1),
    },
    test: { examples: Uint8Array.from({ length: 18 * 2 }, (_, i) => i), labels: Uint8Array.of(2, 0) },
  }
  const features: Content = {
    input: { kind: 'features', names: ['width', 'height, too'] },
    classes: ['a', 'b'],
    train: { examples: Float32Array.of(1, -0, 3.25, 1e30, 5, 6), labels: Uint8Array.of(0, 1, 1) },
    test: { examples: Float32Array.of(0.1, 8), labels: Uint8Array.of(0) },
  }
  const pack = (content: Content, title = 'My set') => new Uint8Array(Buffer.concat(packDataset(title, content)))

  test.each([
    ['of pictures', pictures],
    ['of features', features],
  ])('%s is read back as it was, under the same id', async (_, content) => {
    const bytes = pack(content)
    const found = await survey([brought('x.zip', bytes)])
    expect(found).toMatchObject({
      kind: 'packed',
      title: 'My set',
      classes: content.classes,
      input: content.input,
      left: { count: 0 },
    })
    const back = await taken([brought('x.zip', bytes)])
    expect(back.content).toEqual(content)
    expect(ownDataset('My set', back.content, 0)).toEqual(ownDataset('My set', content, 0))
    expect(pack(content)).toEqual(bytes)
  })

  test('with bytes changed is read whole or refused', async () => {
    const bytes = pack(features)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), async (at, value) => {
        const mutated = Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte))
        try {
          ownDataset('', (await taken([brought('m.zip', mutated)])).content)
        } catch (error) {
          expect(error).toHaveProperty('name', 'DataError')
        }
      }),
      { numRuns: 300 },
    )
  })

  test('is opened by the lines of Python that it comes with', async ({ skip }) => {
    const run = promisify(execFile)
    const python = process.env['PYTHON'] ?? 'python3'
    if (
      !(await run(python, ['-c', 'import numpy']).then(
        () => true,
        () => false,
      ))
    )
      skip('There is no Python with NumPy.')
    const folder = mkdtempSync(join(tmpdir(), 'inkling-pack-'))
    try {
      for (const [content, line] of [
        [pictures, 'My set (7, 2, 3, 3) (2, 2, 3, 3)'],
        [features, 'My set (3, 2) (1, 2)'],
      ] as const) {
        writeFileSync(join(folder, 'dataset.zip'), pack(content))
        const script = `${pythonLines}print(float(x_train.astype("f8").sum()), y_train.tolist())\n`
        const { stdout } = await run(python, ['-c', script], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, PYTHONIOENCODING: 'utf8' },
        })
        const names = [...content.test.labels].map((label) => `'${content.classes[label]}'`).join(', ')
        const sum = [...content.train.examples].reduce((a, b) => a + b, 0)
        const [first, second] = stdout.trim().split(/\r?\n/)
        expect(first).toBe(`${line} [${names}]`)
        expect(Number(second.split(' ')[0])).toBeCloseTo(sum, -24)
        expect(second).toContain(`[${[...content.train.labels].join(', ')}]`)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('a content hash tells all short byte strings apart, wherever they lie', () => {
  const seen = new Set<string>()
  for (let a = 0; a < 256; a++)
    for (let length = 1; length < 12; length++) seen.add(contentHash(new Uint8Array(length).fill(a)).join())
  expect(seen.size).toBe(256 * 11)
  const bytes = Uint8Array.from({ length: 33 }, (_, i) => i * 3)
  expect(contentHash(bytes.subarray(1, 20))).toEqual(contentHash(bytes.slice(1, 20)))
})
