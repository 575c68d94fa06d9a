// Floats of files, above all 16-bit ones: the nearest, of two that are as near the even one.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHalf, readFloats, toHalf } from '../src/formats/floats'

const every = Array.from({ length: 0x1_0000 }, (_, bits) => bits)
/** Bits of all finite halves from zero up, which are in the order of their values. */
const finite = every.slice(0, 0x7c00)

/** By trying: the finite half nearest to a value from 0 up, of two that are as near the even one. */
function nearest(value: number): number {
  let [low, high] = [0, finite.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (fromHalf(middle) <= value) low = middle
    else high = middle
  }
  const [below, above] = [value - fromHalf(low), fromHalf(high) - value] // exact: doubles have digits enough
  if (below === above) return low % 2 === 0 ? low : high
  return below < above ? low : high
}

describe('16-bit floats', () => {
  it('have the values of IEEE 754', () => {
    const known: [number, number][] = [
      [0x0000, 0],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3c00, 1],
      [0x3c01, 1 + 2 ** -10],
      [0x7bff, 65_504],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x8000, -0],
      [0xc000, -2],
      [0x7e00, NaN],
    ]
    for (const [bits, value] of known) {
      expect(fromHalf(bits)).toBe(value)
      expect(toHalf(value)).toBe(bits)
    }
  })

  it('grow from one to the next', () => {
    for (const bits of finite.slice(1)) expect(fromHalf(bits)).toBeGreaterThan(fromHalf(bits - 1))
  })

  it('are all read back unchanged', () => {
    const back = every.map((bits) => toHalf(fromHalf(bits)))
    const nan = (bits: number) => (bits & 0x7fff) > 0x7c00
    expect(back.filter((bits, i) => bits !== i && !(nan(bits) && nan(i)))).toEqual([])
  })

  it('round to the nearest one, and halfway between two to the even one', () => {
    const float = new Float32Array(1)
    const bits = new Uint32Array(float.buffer)
    for (const low of finite.slice(0, -1)) {
      float[0] = (fromHalf(low) + fromHalf(low + 1)) / 2
      expect(toHalf(float[0])).toBe(low + (low % 2))
      bits[0]++
      expect(toHalf(float[0])).toBe(low + 1)
      bits[0] -= 2
      expect(toHalf(float[0])).toBe(low)
    }
  })

  it('are the nearest ones to any number', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.float({ noNaN: true, min: -65_519, max: 65_519 }),
          fc.float({ noNaN: true, min: -1 / 1024, max: 1 / 1024 }),
        ),
        (value) => {
          expect(toHalf(value) & 0x7fff).toBe(nearest(Math.abs(value)))
          expect(toHalf(value) >>> 15).toBe(value < 0 || Object.is(value, -0) ? 1 : 0)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('end at 65,504, and become infinite from halfway to the next', () => {
    expect(toHalf(Math.fround(65_519.99))).toBe(0x7bff)
    expect(toHalf(65_520)).toBe(0x7c00)
    expect(toHalf(-1e30)).toBe(0xfc00)
  })
})

describe('floats', () => {
  it.each([
    ['F64', 8, (view: DataView, value: number) => view.setFloat64(0, value, true)],
    ['F32', 4, (view: DataView, value: number) => view.setFloat32(0, value, true)],
    // A BF16 is the upper half of a 32-bit float.
    ['BF16', 2, (view: DataView, value: number) => view.setUint16(0, upper(value), true)],
  ] as const)('of the kind %s are read from any place', (type, size, write) => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 9 }), fc.nat(7), (values, before) => {
        const bytes = new Uint8Array(before + values.length * size)
        values.forEach((value, i) => write(new DataView(bytes.buffer, before + i * size), value))
        const expected = type === 'BF16' ? values.map((value) => floatOf(upper(value))) : values
        expect([...readFloats(type, bytes.subarray(before))]).toEqual(expected)
      }),
    )
  })

  const upper = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16
  const floatOf = (high: number) => new Float32Array(Uint32Array.of(high * 0x1_0000).buffer)[0]
})
