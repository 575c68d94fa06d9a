// Zips that a person brings, and data sets that Inkling packed.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import type { Content } from '../src/datasets/own/content'
import { ownDataset } from '../src/datasets/own/dataset'
import { survey } from '../src/datasets/own/read'
import { packDataset, pythonLines } from '../src/datasets/own/read/pack'
import { contentHash } from '../src/datasets/own/read/hash'
import { brought, png, refusal, taken } from './brought'

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
