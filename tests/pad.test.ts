// The drawing on the page: strokes and pictures, what the network says of them, and facts about digits.

import { describe, expect, test, vi } from 'vitest'
import { Drawing, PAD } from '../src/app/drawing/drawing.svelte'
import { factAbout, facts } from '../src/app/drawing/facts'
import { TestExamples } from '../src/app/drawing/test-examples.svelte'
import { findDataset, mnist } from '../src/datasets'
import type { Example } from '../src/model/examples'
import type { Sample } from '../src/session/protocol'
import { oddFeatures, oddImages } from './odd-sets'
import { ALL_STEPS, PEN_WIDTH, rasterise } from '../src/data/drawing'
test('every digit has several facts, and a second request gives another one', () => {
  expect(facts).toHaveLength(10)
  facts.forEach((about, digit) => {
    expect(about.length).toBeGreaterThanOrEqual(4)
    expect(new Set(about).size).toBe(about.length)
    expect(factAbout(digit, 0)).not.toBe(factAbout(digit, 1))
  })
})

test('there is no fact about a class that is no digit', () => {
  for (const digit of [-1, 10, 2.5, NaN, Infinity]) expect(factAbout(digit, 0)).toEqual(expect.any(String))
  expect(factAbout(-1, 0)).toBe('')
  expect(factAbout(10, 0)).toBe('')
})

describe('the drawing', () => {
  const answer = { outputs: Array.from({ length: 10 }, () => 0.1), label: 3, step: 1 }
  const stroke = (drawing: Drawing) => {
    drawing.begin({ x: 0.2, y: 0.2 })
    drawing.extend([{ x: 0.8, y: 0.8 }])
  }

  test('a missing answer removes the last one, and is reported until the next answer or an empty pad', async () => {
    const predict = vi.fn(() => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict, mnist)
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

  test('a failed question counts as one without an answer, and the next is asked', async () => {
    const predict = vi.fn(() => Promise.reject<typeof answer>(new Error('gone')))
    const drawing = new Drawing(predict, mnist)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.silent).toBe(true))
    predict.mockResolvedValue(answer)
    drawing.refresh()
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
  })

  test('its picture is made by the steps that are on, and read again when they change', async () => {
    const predict = vi.fn((_: Example) => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict, mnist)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
    expect(drawing.example).toEqual(rasterise(drawing.strokes))

    const steps = { fit: false, pen: true, centre: false }
    const asDrawn = rasterise(drawing.strokes, PEN_WIDTH, { steps, sheet: PAD })
    expect(asDrawn).not.toEqual(drawing.example)
    predict.mockClear()
    drawing.prepare(steps)
    expect(drawing.example).toEqual(asDrawn)
    await vi.waitFor(() => expect(predict).toHaveBeenLastCalledWith(asDrawn))
    drawing.prepare(ALL_STEPS)
    expect(drawing.example).toEqual(rasterise(drawing.strokes))
    drawing.clear()
    expect(drawing.example).toBeUndefined()
  })

  test('undo in the middle of a stroke removes all of the stroke', () => {
    const drawing = new Drawing(() => Promise.resolve(undefined), mnist)
    stroke(drawing)
    const first = drawing.strokes
    stroke(drawing)
    drawing.undo()
    drawing.extend([{ x: 0.5, y: 0.1 }])
    expect(drawing.strokes).toEqual(first)
    stroke(drawing)
    expect(drawing.strokes).toHaveLength(2)
  })

  test('undo takes back pictures one by one, then a cleared pad', async () => {
    const predict = vi.fn((_: Example) => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict, mnist)
    const picture = (ink: number) => ({ example: new Uint8Array(784).fill(ink), name: `picture ${ink}` })
    stroke(drawing)
    const { strokes, example } = drawing
    drawing.lay(picture(1))
    drawing.lay(picture(2))
    expect(drawing.strokes).toEqual([]) // nothing of them is kept or taught as if it were on the pad
    expect(drawing.example).toEqual(picture(2).example)
    drawing.undo()
    expect(drawing.example).toEqual(picture(1).example)
    expect(drawing.undoes).toBe('pad')
    drawing.undo()
    expect(drawing.laid).toBeUndefined()
    expect(drawing.strokes).toEqual(strokes)
    expect(drawing.undoes).toBe('stroke')
    await vi.waitFor(() => expect(predict).toHaveBeenLastCalledWith(example))

    drawing.clear()
    drawing.lay(picture(3))
    drawing.undo()
    expect(drawing.empty).toBe(true)
    drawing.undo()
    expect(drawing.strokes).toEqual(strokes)
    drawing.undo()
    expect(drawing.empty).toBe(true)
    expect(drawing.undoes).toBeUndefined()
    drawing.undo() // does nothing
  })

  test('strokes wait while the data set cannot be drawn, and examples of another set go', async () => {
    const predict = vi.fn((_: Example) => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict, mnist)
    stroke(drawing)
    const { strokes, example } = drawing
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
    drawing.enter(oddFeatures)
    expect([drawing.empty, drawing.prediction]).toEqual([true, undefined])
    const features = Float32Array.of(1, 2, 3, 4, 5)
    drawing.lay({ example: features, label: 1, name: 'a birch' })
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
    expect(predict).toHaveBeenLastCalledWith(features)
    for (const name of ['one place', 'another place']) drawing.put({ example: features, name })
    drawing.enter(mnist)
    expect([drawing.laid, drawing.strokes, drawing.prediction]).toEqual([undefined, strokes, undefined])
    drawing.refresh()
    await vi.waitFor(() => expect(predict).toHaveBeenLastCalledWith(example))
  })

  test('an answer is dropped after a change of the data set', async () => {
    let answered: (prediction: typeof answer) => void = () => {}
    const drawing = new Drawing(() => new Promise((resolve) => (answered = resolve)), oddFeatures)
    drawing.lay({ example: new Float32Array(5), name: 'old' })
    drawing.enter(oddImages)
    drawing.lay({ example: new Uint8Array(720), name: 'new' })
    answered(answer)
    await Promise.resolve()
    expect(drawing.prediction).toBeUndefined()
  })
})

describe('examples of the test set', () => {
  const fashion = findDataset('fashion-mnist')!
  const open = (fetch: (numbers: readonly number[]) => Promise<readonly Sample[]>) => {
    const drawing = new Drawing(() => Promise.resolve(undefined), fashion)
    return { drawing, examples: new TestExamples(fetch, drawing) }
  }
  const sample = (label: number): Sample => ({ example: new Uint8Array(784).fill(label), label })

  test('are shown one after the other, in a circle, with their names', async () => {
    const { drawing, examples } = open(([number]) => Promise.resolve([sample(number % 10)]))
    expect(examples.number).toBe(0)
    expect(await examples.onward(-1)).toBe(true)
    expect(drawing.laid).toMatchObject({ number: 9999, label: 9, name: 'test image No. 9999, an ankle boot' })
    await examples.onward(1)
    expect(drawing.laid).toMatchObject({ number: 0, name: 'test image No. 0, a T-shirt or top' })
    await Promise.all([examples.onward(1), examples.onward(1)]) // faster than they come
    expect(drawing.laid?.number).toBe(2)
    await examples.random()
    expect(drawing.laid?.number).toBeLessThan(10_000)
  })

  test('change nothing if they cannot be loaded', async () => {
    const { drawing, examples } = open(() => Promise.resolve([]))
    expect(await examples.show(7)).toBe(false)
    expect(drawing.laid).toBeUndefined()
    const failing = open(() => Promise.reject(new Error('gone')))
    expect(await failing.examples.show(7)).toBe(false)
  })

  test('of the previous set are not shown', async () => {
    let come: (samples: readonly Sample[]) => void = () => {}
    const { drawing, examples } = open(() => new Promise((resolve) => (come = resolve)))
    const shown = examples.show(7)
    drawing.enter(oddFeatures)
    come([sample(7)])
    expect(await shown).toBe(false)
    expect(drawing.laid).toBeUndefined()
    expect(examples.count).toBe(oddFeatures.test)
  })

  test('of the new set are shown even after a request for the same number of the old one', async () => {
    const come: ((samples: readonly Sample[]) => void)[] = []
    const { drawing, examples } = open(() => new Promise((resolve) => void come.push(resolve)))
    const before = examples.show(88)
    void examples.show(9000)
    const old = examples.show(88)
    drawing.enter(oddFeatures)
    expect(examples.number).toBe(88)
    const shown = examples.show(examples.number)
    const features: Sample = { example: new Float32Array(5), label: 1 }
    come.forEach((resolve, i) => resolve([i < 3 ? sample(7) : features]))
    await Promise.all([before, old, shown])
    expect(drawing.laid).toMatchObject({ number: 88, example: features.example })
  })

  test('have numbers within the new set', () => {
    const { drawing, examples } = open(() => new Promise(() => {}))
    void examples.show(9000)
    drawing.enter(oddFeatures)
    expect(examples.number).toBe(oddFeatures.test - 1)
  })
})
