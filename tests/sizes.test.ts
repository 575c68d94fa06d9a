// The sizes of MNIST, looked for in the text of src/: they belong to the data set that a spec names, and stand in few rooms.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')

/** Rooms that know MNIST, and kernels, whose constants have these names. */
const rooms = ['kernels/', 'datasets/', 'data/', 'backends/wasm/assembly/']

/** Text elsewhere that is about MNIST alone. */
const exceptions = [
  { file: 'model/recipes.ts', text: 'batch size 60,000', reason: 'part of a note that stands where MNIST is learnt' },
  { file: 'model/recipes.ts', text: 'ten templates, one per digit', reason: 'part of the same note' },
]

/** A number that is neither part of a longer one nor of a name. */
const alone = (number: string) => `(?<![\\w.]|\\d,)(?:${number})(?!\\w|\\.\\d|,\\d{3})`

const sizes = [
  new RegExp(alone('784|28|[67]0[_,]?000')),
  /\b28 ?[x×] ?28\b/,
  /\b(?:PIXELS|CLASSES|TRAINING_IMAGES|IMAGE)\b/,
  /\b(?:units|classes|outputs)(?:\.length)? ?(?:[:=<>]|[=!]==) ?10\b/,
  /\b(?:10|ten) (?:classes|outputs|digits|templates)\b/i,
]

const lines = (text: string): string[] => text.split('\n').filter((line) => sizes.some((size) => size.test(line)))

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.(ts|mjs|svelte)$/.test(file) && !rooms.some((room) => file.startsWith(room)))

describe('sizes', () => {
  test.each([
    'const side = 28',
    'new Uint8Array(28*28)',
    'slice(0, 784) // an image',
    '/** Pictures of 28 × 28. */',
    'trainingSize: 60_000',
    '<p>60,000 images</p>',
    "{ type: 'dense', units: 10 }",
    'if (classes.length === 10) return',
    'PIXELS * 4',
    '/** One of ten classes. */',
  ])('are found in %j', (line) => {
    expect(lines(line)).toEqual([line])
  })

  test.each(['width: 28rem', 'a share of 0.28', '1,280 images', '28,000 steps', 'epochs: 10', 'const exp28 = 1'])(
    'are not found in %j',
    (line) => {
      expect(lines(line)).toEqual([])
    },
  )

  test('of MNIST are in no file outside kernels, datasets and data: no 784, 28 x 28, 60,000 or 10 classes', () => {
    expect(files.length).toBeGreaterThan(200)
    const found = files.flatMap((file) => {
      let text = readFileSync(join(src, file), 'utf8')
      for (const each of exceptions) if (each.file === file) text = text.replaceAll(each.text, '')
      return lines(text).map((line) => `${file}: ${line.trim()}`)
    })
    expect(found).toEqual([])
  })

  test.each(exceptions)('are allowed in $file: "$text"', ({ file, text }) => {
    expect(readFileSync(join(src, file), 'utf8')).toContain(text)
  })
})
