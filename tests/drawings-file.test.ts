// Files of drawings: what is written is read again; a wrong file is refused with what is wrong in it, and where.

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rasterise, type Stroke } from '../src/data/drawing'
import {
  fitIntoPad,
  MAX_DRAWINGS,
  MAX_POINTS,
  MAX_STROKES,
  parseDrawings,
  readDrawing,
  writeDrawings,
} from '../src/data/drawings-file'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const strokesOf = (coordinate: fc.Arbitrary<number>) =>
  fc.array(fc.array(fc.record({ x: coordinate, y: coordinate }), { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  })
const label = fc.integer({ min: 0, max: 9 })
const writer = fc.oneof(fc.string(), fc.integer())
const drawings = fc.array(
  fc.record({ label, strokes: strokesOf(finite), writer }, { requiredKeys: ['label', 'strokes'] }),
  { minLength: 1, maxLength: 6 },
)

const seven = { label: 7, strokes: [[[0.2, 0.2], [0.8, 0.2], [0.4, 0.9]]] } // prettier-ignore
const ours = (list: unknown, more: object = {}) =>
  JSON.stringify({ format: 'inkling-drawings', version: 1, drawings: list, ...more })

describe('what is written is read again', () => {
  test('any drawings, to the last bit', () => {
    fc.assert(
      fc.property(drawings, (list) => {
        expect(parseDrawings(writeDrawings(list))).toEqual(list)
      }),
    )
  })

  test('our format and a bare list hold the same', () => {
    const list = [seven, { ...seven, label: 0, writer: 'b' }]
    expect(parseDrawings(ours(list))).toEqual(parseDrawings(JSON.stringify(list)))
    expect(parseDrawings(ours(list))[1]).toEqual({
      label: 0,
      writer: 'b',
      strokes: [[{ x: 0.2, y: 0.2 }, { x: 0.8, y: 0.2 }, { x: 0.4, y: 0.9 }]], // prettier-ignore
    })
  })

  test('drawings from a database are checked', () => {
    expect(readDrawing(seven)?.label).toBe(7)
    for (const wrong of [undefined, 7, {}, { ...seven, label: 10 }, { ...seven, strokes: [[]] }]) {
      expect(readDrawing(wrong)).toBeUndefined()
    }
  })
})

describe('a wrong file is refused with its reason', () => {
  const point = (bad: unknown) => ours([seven, { label: 1, strokes: [[[0, 0]], [[0, 0], bad]] }])
  const faults: [string, string, RegExp][] = [
    ['no JSON', 'drawings', /^d\.json: this is not JSON \(.+\)\.$/],
    ['an empty file', '', /not JSON/],
    ['half a file', ours([seven]).slice(0, -20), /not JSON/],
    ['another format', '{"format": "tensors"}', /no file of drawings; it says "format": "tensors", not "inkling-drawings"/],
    ['no format', '{}', /it says "format": missing/],
    ['null', 'null', /no file of drawings/],
    ['a number', '7', /no file of drawings/],
    ['a newer version', ours([seven], { version: 2 }), /version 2, newer than this page, which reads version 1/],
    ['no version', ours([seven], { version: undefined }), /"version": missing, not 1/],
    ['a version of another kind', ours([seven], { version: '1' }), /"version": "1", not 1/],
    ['drawings that are no list', ours({ 0: seven }), /"drawings" are \{.*, not a list/],
    ['no drawings', ours([]), /there is no drawing/],
    ['no drawings in a bare list', '[]', /there is no drawing/],
    ['a drawing that is none', ours([seven, 5]), /drawing 2 needs a "label" and "strokes", and is 5\.$/],
    ['no label', ours([{ strokes: seven.strokes }]), /drawing 1 needs a "label"/],
    ['a label out of range', ours([seven, seven, { ...seven, label: 12 }]), /^d\.json: drawing 3 has the label 12; labels are 0 to 9\.$/],
    ['a label below', ours([{ ...seven, label: -1 }]), /drawing 1 has the label -1/],
    ['a broken label', ours([{ ...seven, label: 1.5 }]), /the label 1\.5/],
    ['a label of text', ours([{ ...seven, label: '7' }]), /the label "7"/],
    ['a writer that is none', ours([{ ...seven, writer: {} }]), /the writer \{\}/],
    ['no strokes', ours([{ ...seven, strokes: [] }]), /drawing 1 has no strokes/],
    ['strokes missing', ours([{ label: 7 }]), /drawing 1 needs a "label" and "strokes"/],
    ['strokes that are no list', ours([{ ...seven, strokes: 'M0 0' }]), /the strokes "M0 0"/],
    ['a stroke that is no list', ours([{ ...seven, strokes: [[[0, 0]], 3] }]), /stroke 2 of drawing 1 is 3/],
    ['a stroke without points', ours([{ ...seven, strokes: [[[0, 0]], []] }]), /stroke 2 of drawing 1 has no points/],
    ['a point of one number', point([1]), /point 2 of stroke 2 of drawing 2 is \[1\]; a point is \[x, y\]/],
    ['a point of three', point([1, 2, 3]), /is \[1,2,3\]/],
    ['a point with nothing', point([1, null]), /is \[1,null\]/],
    ['a point of text', point(['0', '0']), /is \["0","0"\]/],
    ['a point that is an object', point({ x: 0, y: 0 }), /is \{"x":0,"y":0\}/],
    ['a point at infinity', point([0, 0]).replace('[0,0]]]}]', '[0,1e999]]]}]'), /point 2 .* two finite numbers/],
    ['too many strokes', ours([{ label: 1, strokes: Array(MAX_STROKES + 1).fill([[0, 0]]) }]), /has 201 strokes; at most 200/],
    ['too many points', ours([{ label: 1, strokes: [Array(MAX_POINTS + 1).fill([0, 0])] }]), /has 5,001 points; at most 5,000/],
    ['too many drawings', ours(Array(MAX_DRAWINGS + 1).fill(seven)), /1,001 drawings; at most 1,000/],
  ] // prettier-ignore
  test.each(faults)('%s', (_, text, message) => {
    expect(() => parseDrawings(text, 'd.json')).toThrow(message)
  })

  test('a long value is shortened in the message', () => {
    const text = ours([{ ...seven, label: 'x'.repeat(5000) }])
    expect(() => parseDrawings(text)).toThrow(/^.{50,120}$/)
  })

  test('the limits themselves are allowed, and a caller may raise them', () => {
    const full = [Array(MAX_POINTS - MAX_STROKES + 1).fill([0, 1]), ...Array(MAX_STROKES - 1).fill([[0, 0]])]
    expect(parseDrawings(ours([{ label: 1, strokes: full }]))).toHaveLength(1)
    expect(parseDrawings(ours(Array(MAX_DRAWINGS).fill(seven)))).toHaveLength(MAX_DRAWINGS)
    expect(parseDrawings(ours(Array(MAX_DRAWINGS + 1).fill(seven)), 'd', Infinity)).toHaveLength(MAX_DRAWINGS + 1)
  })
})

describe('into the pad', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })
  const spread = (strokes: readonly Stroke[], axis: 'x' | 'y') => {
    const values = strokes.flat().map((point) => point[axis])
    return Math.max(...values) - Math.min(...values)
  }

  test('any drawing gets four decimals, and a second time changes nothing', () => {
    fc.assert(
      fc.property(strokesOf(finite), (strokes) => {
        const fitted = fitIntoPad(strokes)
        for (const value of fitted.flat().flatMap(({ x, y }) => [x, y])) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
          expect(Number(value.toFixed(4))).toBe(value)
        }
        expect(fitted.map(({ length }) => length)).toEqual(strokes.map(({ length }) => length))
        expect(fitIntoPad(fitted)).toEqual(fitted)
      }),
    )
  })

  test('a drawing inside the pad stays in place', () => {
    fc.assert(
      fc.property(strokesOf(unit), (strokes) => {
        fc.pre(Math.max(spread(strokes, 'x'), spread(strokes, 'y')) >= 0.02)
        fitIntoPad(strokes).forEach((stroke, i) =>
          stroke.forEach(({ x, y }, j) => {
            expect(Math.abs(x - strokes[i][j].x)).toBeLessThan(0.5001e-4)
            expect(Math.abs(y - strokes[i][j].y)).toBeLessThan(0.5001e-4)
          }),
        )
      }),
    )
  })

  test('pixels, ink units and tiny drawings keep their shape', () => {
    const strokes = parseDrawings(ours([seven]))[0].strokes
    for (const [scale, dx, dy] of [
      [300, 20, -5],
      [-4, 0, 0],
      [1e-3, 0.5, 0.5],
      [1e300, 0, 0],
    ]) {
      const other = strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: scale * x + dx, y: scale * y + dy })))
      const fitted = fitIntoPad(other)
      expect(Math.max(spread(fitted, 'x'), spread(fitted, 'y'))).toBeCloseTo(0.7, 3)
      const [a, b] = [rasterise(fitted), rasterise(other)]
      expect(Math.max(...a.map((byte, i) => Math.abs(byte - b[i])))).toBeLessThanOrEqual(3)
    }
  })
})
