// The drawing on the page: strokes and pictures, what the network says of them, and facts about digits.

import { describe, expect, test, vi } from 'vitest'
import { Drawing, PAD } from '../src/app/drawing/drawing.svelte'
import { factAbout, facts } from '../src/app/drawing/facts'
import { ALL_STEPS, PEN_WIDTH, rasterise } from '../src/data/drawing'
test('every digit has several facts, and asking again gives another one', () => {
  expect(facts).toHaveLength(10)
  facts.forEach((about, digit) => {
    expect(about.length).toBeGreaterThanOrEqual(4)
    expect(new Set(about).size).toBe(about.length)
    expect(factAbout(digit, 0)).not.toBe(factAbout(digit, 1))
  })
})

test('there is no fact about what is no digit', () => {
  for (const digit of [-1, 10, 2.5, NaN, Infinity]) expect(factAbout(digit, 0)).toEqual(expect.any(String))
  expect(factAbout(-1, 0)).toBe('')
  expect(factAbout(10, 0)).toBe('')
})

describe('the drawing', () => {
  const answer = { outputs: Array.from({ length: 10 }, () => 0.1), digit: 3, step: 1 }
  const stroke = (drawing: Drawing) => {
    drawing.begin({ x: 0.2, y: 0.2 })
    drawing.extend([{ x: 0.8, y: 0.8 }])
  }

  test('no answer takes the last one away, and says so until there is one or the pad is empty', async () => {
    const predict = vi.fn(() => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
    expect(drawing.silent).toBe(false)

    predict.mockResolvedValue(undefined)
    drawing.refresh()
    await vi.waitFor(() => expect(drawing.silent).toBe(true))
    expect(drawing.prediction).toBeUndefined()
    drawing.clear()
    expect(drawing.silent).toBe(false)
  })

  test('a question that fails is one without an answer, and the next is asked', async () => {
    const predict = vi.fn(() => Promise.reject<typeof answer>(new Error('gone')))
    const drawing = new Drawing(predict)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.silent).toBe(true))
    predict.mockResolvedValue(answer)
    drawing.refresh()
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
  })

  test('its picture is made by the steps that are on, and asked about when they change', async () => {
    const predict = vi.fn((_: Uint8Array) => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
    expect(drawing.image).toEqual(rasterise(drawing.strokes))

    const steps = { fit: false, pen: true, centre: false }
    const asDrawn = rasterise(drawing.strokes, PEN_WIDTH, { steps, sheet: PAD })
    expect(asDrawn).not.toEqual(drawing.image)
    predict.mockClear()
    drawing.prepare(steps)
    expect(drawing.image).toEqual(asDrawn)
    await vi.waitFor(() => expect(predict).toHaveBeenLastCalledWith(asDrawn))
    drawing.prepare(ALL_STEPS)
    expect(drawing.image).toEqual(rasterise(drawing.strokes))
    drawing.clear()
    expect(drawing.image).toBeUndefined()
  })

  test('undo in the middle of a stroke takes it away to its end', () => {
    const drawing = new Drawing(() => Promise.resolve(undefined))
    stroke(drawing)
    const first = drawing.strokes
    stroke(drawing)
    drawing.undo()
    drawing.extend([{ x: 0.5, y: 0.1 }])
    expect(drawing.strokes).toEqual(first)
    stroke(drawing)
    expect(drawing.strokes).toHaveLength(2)
  })

  test('undo takes pictures away from the strokes that they were laid on', async () => {
    const predict = vi.fn((_: Uint8Array) => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict)
    const picture = (ink: number) => ({ pixels: new Uint8Array(784).fill(ink), name: `picture ${ink}` })
    stroke(drawing)
    const { strokes, image } = drawing
    drawing.lay(picture(1))
    drawing.lay(picture(2))
    expect(drawing.strokes).toEqual([]) // nothing of them is kept or taught as if it were on the pad
    expect(drawing.image).toEqual(picture(2).pixels)
    drawing.undo()
    expect(drawing.picture).toBeUndefined()
    expect(drawing.strokes).toEqual(strokes)
    await vi.waitFor(() => expect(predict).toHaveBeenLastCalledWith(image))

    drawing.clear()
    drawing.lay(picture(3))
    drawing.undo()
    expect(drawing.empty).toBe(true)
  })
})
