// The command line with data that a person brings: files of this machine, pictures decoded by sharp, and training on them.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { bring } from '../src/cli/bring'
import { loadFromDisk, whyMissing } from '../src/cli/data'
import { filesAt, sharpDecoder } from '../src/cli/disk-files'
import { datasetNamed, presetNamed } from '../src/cli/options'
import { Runner } from '../src/cli/runner'
import { Random } from '../src/data/random'
import type { Dataset } from '../src/datasets/dataset'
import { ownDataset } from '../src/datasets/own/dataset'
import { packDataset } from '../src/datasets/own/read/pack'
import { pictureHeader } from '../src/datasets/own/read/picture-header'
import { presetsFor } from '../src/model/presets'
import { png } from './brought'
import { cornersOf, oriented, storedPixels } from './oriented'

const folder = mkdtempSync(join(tmpdir(), 'inkling-brought-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Measurements of three kinds of flower, about as far apart as Fisher's irises, in units far apart. */
function flowers(): string {
  const kinds = { setosa: [5, 3400, 1.5], versicolor: [5.9, 2800, 4.3], virginica: [6.6, 3000, 5.5] }
  const rows = Object.entries(kinds).flatMap(([kind, means], k) =>
    Array.from({ length: 60 }, (_, i) => {
      const random = new Random(7, k * 100 + i)
      return [...means.map((mean) => (mean * (1 + 0.06 * random.normal())).toFixed(3).replace('.', ',')), kind].join(
        ';',
      )
    }),
  )
  return ['length;width;petal;species', ...rows].join('\r\n')
}

async function train(dataset: Dataset, preset = 'default') {
  const runner = await Runner.open('reference', dataset)
  const signal = new AbortController().signal
  const { spec } = presetNamed(preset, dataset)
  return runner.run({ ...spec, epochs: Math.min(spec.epochs, 60) }, { minutes: undefined, signal, evaluated: () => {} })
}

describe('--data', () => {
  test('a table: says what it took, and trains the preset that suits to a good accuracy', async () => {
    const path = join(folder, 'flowers.csv')
    writeFileSync(path, flowers())
    const lines: string[] = []
    const dataset = await bring(path, {}, (line) => lines.push(line))
    expect(lines[0]).toBe(
      'Table of 4 columns, separated by semicolons, with a header, decimal commas. Classes: column 4 (species).',
    )
    expect(lines[1]).toMatch(
      /^flowers: 144 rows of 3 numbers to train on, 36 to test with, 3 classes \(setosa, versicolor, virginica\)/,
    )
    expect(presetNamed('default', dataset).name).toBe('own-dense')
    const { outcome, accuracy } = await train(dataset)
    expect(outcome).toBe('finished')
    expect(accuracy).toBeGreaterThan(85)
    // Again: the same data set, known by its contents.
    expect(await bring(path, {}, () => {})).toBe(dataset)
    expect(datasetNamed(dataset.id)).toBe(dataset)
  })

  test('a folder of pictures with sharp, and the same as a packed zip', async () => {
    for (const [k, kind] of ['light', 'dark', 'blue'].entries()) {
      mkdirSync(join(folder, 'shades', kind), { recursive: true })
      for (let i = 0; i < 12; i++) {
        const shade = [200 + i, 30 + i, 90 + i][k]
        writeFileSync(
          join(folder, 'shades', kind, `${i}.png`),
          png(9, 7, k === 2 ? [0, 0, shade] : [shade, shade, shade]),
        )
      }
    }
    writeFileSync(join(folder, 'shades/light/bad.jpg'), 'no picture')
    symlinkSync(join(folder, 'nowhere'), join(folder, 'shades/broken.png'))
    const lines: string[] = []
    const dataset = await bring(join(folder, 'shades'), { side: '28' }, (line) => lines.push(line))
    expect(lines[0]).toBe(
      'Pictures in 3 class folders, 9 × 7 pixels, no folders for testing. Taken as 28 × 28 in colour, cropped to a square.',
    )
    expect(lines).toContain('Left out: 1.')
    expect(lines.at(-1)).toBe('  shades/light/bad.jpg is no PNG, JPEG or WebP, whatever its name says, or is damaged')
    expect(presetsFor(dataset)[0].name).toBe('own-convolution')
    const { accuracy } = await train(dataset, 'own-softmax')
    expect(accuracy).toBeGreaterThan(60)
    const gray = await bring(join(folder, 'shades'), { colour: false, side: '32' }, () => {})
    expect(gray.input).toMatchObject({ height: 32, channels: 1 })
  })

  test('a packed zip is the same data set again', async () => {
    const content = {
      input: { kind: 'features', names: ['a'] },
      classes: ['x', 'y'],
      train: { examples: Float32Array.of(1, 2), labels: Uint8Array.of(0, 1) },
      test: { examples: Float32Array.of(3), labels: Uint8Array.of(1) },
    } as const
    const path = join(folder, 'packed.zip')
    writeFileSync(path, Buffer.concat(packDataset('Packed', content)))
    const dataset = await bring(path, {}, () => {})
    expect(dataset.id).toBe(ownDataset('', content).id)
    expect(dataset.title).toBe('Packed')
    const stored = new Map<string, Uint8Array>()
    const store = (name: string, length: number) => {
      const bytes = new Uint8Array(length)
      stored.set(name, bytes)
      return { write: (offset: number, chunk: Uint8Array) => bytes.set(chunk, offset) }
    }
    expect(await loadFromDisk(dataset, { base: '', stores: { store, drop: () => {} } })).toEqual({
      trainCount: 2,
      testCount: 1,
    })
    expect([...new Float32Array(stored.get(`${dataset.id}/train-inputs`)!.buffer)]).toEqual([1, 0, 0, 0, 2, 0, 0, 0])
  })

  test('options and paths that do not suit are refused', async () => {
    const path = join(folder, 'some.csv')
    writeFileSync(path, 'a,b,kind\n1,2,x\n3,4,y\n5,6,x\n')
    const wrong = (options: object, at = path) => bring(at, options, () => {})
    await expect(wrong({ side: '28' })).rejects.toThrow('--side and --colour are for folders of pictures')
    await expect(wrong({ label: 'c' })).rejects.toThrow('There is no column "c". The columns are a, b, kind.')
    await expect(wrong({}, join(folder, 'none'))).rejects.toThrow(/cannot be read/)
    writeFileSync(path, 'a,b,kind\n1,2,x\n3,,y\n')
    await expect(wrong({})).rejects.toThrow(/^some\.csv, line 3, column 2 \(b\) is empty/)
    await expect(wrong({ label: 'b' })).rejects.toThrow(/line 3, column 2 \(b\) is empty: this row has no class/)
  })

  test('an own data set that is not here is named with what is missing', () => {
    expect(() => datasetNamed('own.0123456789abcdef')).toThrow(/To use it, bring it: --data PATH/)
    expect(whyMissing({ id: 'own.0123456789abcdef' } as Dataset)).toMatch(/bring it: --data PATH/)
  })
})

describe('sharp', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a JPEG of orientation %i upright', async (orientation) => {
    const decode = await sharpDecoder()
    const { width, height, data } = storedPixels(orientation)
    const jpeg = await sharp(data, { raw: { width, height, channels: 4 } })
      .jpeg({ quality: 95 })
      .toBuffer()
    const bytes = oriented(jpeg, orientation, orientation % 2 === 0)
    const { gray: _, ...header } = pictureHeader(bytes)!
    expect([header.stored, header.orientation]).toEqual([[width, height], orientation])
    expect(cornersOf(await decode(bytes, { ...header, side: 32, colour: true, framing: 'crop' }), 32, 2)).toBe('rgby')
    const fit = await decode(bytes, { ...header, side: 32, colour: true, framing: 'fit' })
    expect([cornersOf(fit, 32, 10), cornersOf(fit, 32, 1)]).toEqual(['rgby', 'wwww'])
  })

  test('reads WebP, and sets what is transparent over white', async () => {
    const decode = await sharpDecoder()
    const data = new Uint8Array(30 * 20 * 4)
    for (const format of ['webp', 'png'] as const) {
      const bytes = new Uint8Array(
        await sharp(data, { raw: { width: 30, height: 20, channels: 4 } })
          [format]()
          .toBuffer(),
      )
      const { gray: _, ...header } = pictureHeader(bytes)!
      expect(header.stored).toEqual([30, 20])
      const values = await decode(bytes, { ...header, side: 28, colour: false, framing: 'crop' })
      expect([values.length, ...new Set(values)]).toEqual([28 * 28, 255])
    }
  })

  test('files of a folder are named from the folder on', async () => {
    mkdirSync(join(folder, 'deep/er'), { recursive: true })
    writeFileSync(join(folder, 'deep/er/a.txt'), 'hello')
    const files = await filesAt(join(folder, 'deep'))
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ['deep/', 0],
      ['deep/er/', 0],
      ['deep/er/a.txt', 5],
    ])
    expect(new TextDecoder().decode(await files[2].read(1, 99))).toBe('ello')
  })
})
