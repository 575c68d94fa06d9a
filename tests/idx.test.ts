// The IDX reader: any way of cutting a right file gives its bytes; any wrong file is refused, with its name and bytes.

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError } from '../src/data/error'
import { IdxReader, type IdxFile } from '../src/data/idx'
import { idxFile, somePayload } from './idx-files'

const COUNT = 3
const kinds: readonly IdxFile['kind'][] = ['images', 'labels']
type Size = Extract<IdxFile, { kind: 'images' }>['size']

/** A file of images as large as MNIST's, or of ten classes of labels. */
const expected = (kind: IdxFile['kind'], count: number, size: Size = [28, 28], classes = 10): IdxFile =>
  kind === 'images' ? { name: 'digits.gz', kind, count, size } : { name: 'digits.gz', kind, count, classes }

/** Feeds a file to a reader in chunks that end at `cuts`, and returns the payload that comes out. */
function read(wanted: IdxFile, file: Uint8Array, cuts: readonly number[] = []): Uint8Array {
  const out: number[] = []
  const reader = new IdxReader(wanted, (offset, bytes) => {
    expect(offset).toBe(out.length)
    out.push(...bytes)
  })
  const ends = [...cuts.map((cut) => cut % (file.length + 1)), file.length].sort((a, b) => a - b)
  let start = 0
  for (const end of ends) {
    reader.push(file.subarray(start, end))
    start = end
  }
  reader.end()
  return Uint8Array.from(out)
}

/** The error of reading a file. */
function refusal(wanted: IdxFile, file: Uint8Array, cuts: readonly number[] = []): DataError {
  try {
    read(wanted, file, cuts)
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
  throw new Error('the file was not refused')
}

const cutsOf = fc.array(fc.nat(), { maxLength: 20 })

describe.each(kinds)('an IDX file of %s', (kind) => {
  const wanted = expected(kind, COUNT)
  const payload = somePayload(kind, COUNT)
  const file = idxFile(kind, payload)
  const bytes = file.length.toLocaleString('en')

  test('gives the same payload from pieces of any length', () => {
    fc.assert(
      fc.property(cutsOf, (cuts) => {
        expect(read(wanted, file, cuts)).toEqual(payload)
      }),
    )
  })

  test('gives its payload byte by byte', () => {
    expect(read(wanted, file, [...file.keys()])).toEqual(payload)
  })

  test('is refused when it ends early, at any byte', () => {
    for (let length = 0; length < file.length; length++) {
      const { message } = refusal(wanted, file.subarray(0, length), [length >> 1])
      expect(message).toBe(`digits.gz ended after ${length.toLocaleString('en')} of ${bytes} bytes`)
    }
  })

  test('is refused when it is too long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 50, max: 9 }), cutsOf, (extra, cuts) => {
        const { message } = refusal(wanted, Uint8Array.from([...file, ...extra]), cuts)
        expect(message).toBe(`digits.gz goes on after its ${bytes} bytes`)
      }),
    )
  })

  test('is refused when any byte of its header is wrong', () => {
    const header = file.length - payload.length
    fc.assert(
      fc.property(fc.nat(header - 1), fc.integer({ min: 1, max: 255 }), cutsOf, (at, flip, cuts) => {
        const wrong = Uint8Array.from(file)
        wrong[at] ^= flip
        const word = at - (at % 4)
        const { message } = refusal(wanted, wrong, cuts)
        expect(message).toMatch(/^digits\.gz (is no IDX file|holds)/)
        expect(message).toContain(`(at byte ${word} of ${bytes} bytes)`)
      }),
    )
  })

  test('is refused before any payload is passed on', () => {
    const wrong = Uint8Array.from(file)
    wrong[0] = 1
    let passed = 0
    const reader = new IdxReader(wanted, () => passed++)
    expect(() => reader.push(wrong)).toThrow(DataError)
    expect(passed).toBe(0)
  })

  test('is refused when its number of items is unexpected', () => {
    expect(refusal(expected(kind, 60_000), file).message).toContain(
      `digits.gz holds 3 ${kind}, not 60,000 (at byte 4 of`,
    )
  })
})

test('labels are refused as images, and images as labels', () => {
  const labels = idxFile('labels', somePayload('labels', COUNT))
  const images = idxFile('images', somePayload('images', COUNT))
  expect(refusal(expected('images', COUNT), labels).message).toContain('its magic number is 0x00000801, not 0x00000803')
  expect(refusal(expected('labels', COUNT), images).message).toContain('its magic number is 0x00000803, not 0x00000801')
})

test('images of another size are refused', () => {
  const file = idxFile('images', somePayload('images', COUNT))
  file[11] = 32
  expect(refusal(expected('images', COUNT), file).message).toBe(
    'digits.gz holds images of 32 rows, not 28 (at byte 8 of 2,368 bytes)',
  )
})

test('images of any size are read, in colour too', () => {
  for (const size of [
    [20, 12],
    [5, 7, 3],
  ] satisfies Size[]) {
    const payload = somePayload(
      'images',
      COUNT,
      size.reduce((a, b) => a * b),
    )
    const file = idxFile('images', payload, size)
    expect(read(expected('images', COUNT, size), file)).toEqual(payload)
    expect(refusal(expected('images', COUNT), file).message).toMatch(/^digits\.gz (holds images of|is no IDX file)/)
  }
  const wide = idxFile('images', somePayload('images', 1, 40), [2, 5, 4])
  expect(refusal(expected('images', 1, [2, 5, 3]), wide).message).toContain('holds images of 4 channels, not 3')
})

test('labels are checked against the number of classes', () => {
  const file = idxFile('labels', Uint8Array.of(0, 3, 4))
  expect(read(expected('labels', 3, undefined, 5), file)).toEqual(Uint8Array.of(0, 3, 4))
  expect(refusal(expected('labels', 3, undefined, 4), file).message).toContain(
    'has 4 as a label, but they go from 0 to 3 (label 2 of 3, counted from 0; byte 10 of 11 bytes)',
  )
})

test('a web page is named in the error', () => {
  const page = new TextEncoder().encode('<!doctype html><title>Not found</title>')
  expect(refusal(expected('images', COUNT), page).message).toMatch(
    /its magic number is 0x3c21646f, .* It looks like a web page\.$/,
  )
})

test('a label over 9 is refused with its position', () => {
  fc.assert(
    fc.property(fc.nat(99), fc.integer({ min: 10, max: 255 }), cutsOf, (at, label, cuts) => {
      const payload = somePayload('labels', 100)
      payload[at] = label
      const { message } = refusal(expected('labels', 100), idxFile('labels', payload), cuts)
      expect(message).toBe(
        `digits.gz has ${label} as a label, but they go from 0 to 9 ` +
          `(label ${at} of 100, counted from 0; byte ${at + 8} of 108 bytes)`,
      )
    }),
  )
})
