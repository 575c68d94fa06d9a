// Why the network reads what it reads: the picture after each step, and how sure the network is, in words.

import { describe, expect, test, vi } from 'vitest'
import { Drawing } from '../src/app/drawing/drawing.svelte'
import { newestWins } from '../src/ui/newest'
import { Preparation, stepTexts } from '../src/app/drawing/preparation.svelte'
import { readingOf } from '../src/app/drawing/reading'
import { ALL_STEPS } from '../src/data/drawing'
import { mnist } from '../src/datasets'
import type { Example } from '../src/model/examples'
import type { Prediction } from '../src/session/protocol'
import { oddImages } from './odd-sets'

describe('the steps from a drawing to the network', () => {
  /** Answers with the picture's ink, so that each answer tells which picture it is about. */
  const predict = vi.fn((image: Example) => Promise.resolve({ outputs: [sum(image)], label: 0, step: 1 }))
  const sum = (image: Example) => [...image].reduce((total, byte) => total + byte, 0)
  const open = async () => {
    const drawing = new Drawing(predict, mnist)
    const preparation = new Preparation(drawing, predict)
    drawing.begin({ x: 0.1, y: 0.1 })
    drawing.extend([{ x: 0.2, y: 0.3 }])
    await vi.waitFor(() => expect(drawing.prediction).toBeDefined())
    predict.mockClear()
    return { drawing, preparation }
  }
  const answered = ({ stages }: Preparation) =>
    stages.every(({ image, prediction }) => image && prediction?.outputs[0] === sum(image))

  test("shows the picture after each step, and the network's answer for each", async () => {
    const { drawing, preparation } = await open()
    preparation.open = true
    void preparation.refresh()
    const done = [
      { fit: false, pen: false, centre: false },
      { fit: true, pen: false, centre: false },
      { fit: true, pen: true, centre: false },
      ALL_STEPS,
    ]
    expect(preparation.stages.map(({ image }) => image)).toEqual(done.map((steps) => drawing.imageAfter(steps)))
    expect(new Set(preparation.stages.map(({ image }) => String(image))).size).toBe(4)
    await vi.waitFor(() => expect(answered(preparation)).toBe(true))
    expect(preparation.stages).toHaveLength(stepTexts.length + 1)
    expect(predict).toHaveBeenCalledTimes(3) // the last picture is the drawing's own
  })

  test("a step that is left out changes nothing, and the last picture is the network's input", async () => {
    const { drawing, preparation } = await open()
    preparation.open = true
    drawing.prepare({ fit: true, pen: false, centre: true })
    void preparation.refresh()
    const [, fitted, pen, centred] = preparation.stages.map(({ image }) => image)
    expect(pen).toEqual(fitted)
    expect(centred).not.toEqual(pen)
    expect(centred).toEqual(drawing.example)
    await vi.waitFor(() => expect(answered(preparation)).toBe(true))
  })

  test('asks nothing while closed, nor about an empty pad', async () => {
    const { drawing, preparation } = await open()
    void preparation.refresh()
    await new Promise((resolve) => setTimeout(resolve))
    expect(predict).not.toHaveBeenCalled()

    preparation.open = true
    void preparation.refresh()
    await vi.waitFor(() => expect(answered(preparation)).toBe(true))
    predict.mockClear()
    drawing.clear()
    void preparation.refresh()
    await vi.waitFor(() => expect(preparation.stages.every(({ prediction }) => !prediction)).toBe(true))
    expect(predict).not.toHaveBeenCalled()
  })

  test('a question that fails or gets no answer removes the old answer', async () => {
    const { preparation } = await open()
    preparation.open = true
    void preparation.refresh()
    await vi.waitFor(() => expect(answered(preparation)).toBe(true))
    predict.mockRejectedValueOnce(new Error('gone'))
    void preparation.refresh()
    await vi.waitFor(() => expect(preparation.stages[0].prediction).toBeUndefined())
    expect(preparation.stages[1].prediction).toBeDefined()
  })
})

test('of overlapping questions only the first and the newest are asked, one at a time', async () => {
  let newest = 0
  let under = 0
  const asked: number[] = []
  const ask = newestWins(async () => {
    asked.push(newest)
    expect(++under).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1))
    under--
  })
  for (newest = 1; newest < 6; newest++) void ask()
  await vi.waitFor(() => expect(asked).toEqual([1, 6]))
  await vi.waitFor(() => expect(under).toBe(0))
  void ask()
  await vi.waitFor(() => expect(asked).toEqual([1, 6, 6]))
})

describe('what a prediction reads as', () => {
  const [probabilities, outputs] = (['cross-entropy', 'quadratic'] as const).map((loss) => ({
    dataset: 'mnist',
    loss,
    styleShare: 0.3,
  }))

  const prediction = (label: number, share: number, runnerUp = 4, step = 100) => ({
    outputs: Array.from({ length: 10 }, (_, i) => (i === label ? share : i === runnerUp ? 0.2 : 0.01)),
    label,
    step,
  })
  /** What a network reads that is right about 97% of the test set. */
  const read = (prediction: Prediction | undefined, spec: Parameters<typeof readingOf>[1]) =>
    readingOf(prediction, spec, 0.97)

  test.each([
    [0.999, 'class', '7', '>99% sure', 'sure'],
    [0.97, 'class', '7', '97% sure', 'sure'],
    [0.81, 'class', '7', '81%, probably', 'probably'],
    [0.68, 'unsure', '7', 'maybe a 7, maybe a 4', 'maybe a 7, maybe a 4'],
    [0.4, 'none', '?', '', ''],
  ])('a largest output of %f is %s', (share, kind, sign, certainty, withoutNumber) => {
    expect(read(prediction(7, share), probabilities)).toMatchObject({ kind, sign, certainty })
    expect(read(prediction(7, share), outputs)).toMatchObject({ kind, sign, certainty: withoutNumber })
  })

  test('only a tested network is sure, and only if it passed', () => {
    for (const accuracy of [undefined, 0.1, 0.3, 0.49, 0.5, 0.8, 0.899]) {
      for (const share of [0.2, 0.5, 0.7, 0.9, 0.9999]) {
        const { kind, sign, sure, certainty, words } = readingOf(prediction(7, share), probabilities, accuracy)
        expect(kind).not.toBe('none')
        expect(sign).toBe('7')
        expect(sure).toBe(false)
        expect(certainty + words).not.toMatch(/sure|%/)
      }
    }
    expect(readingOf(prediction(7, 0.97), probabilities, 0.9).sure).toBe(true)
  })

  test.each([
    [undefined, 0.9999, 'a guess', 'It says 7, but it has not been tested yet, so this is a guess.'],
    [0.1, 0.9999, 'a guess', 'It says 7, but it gets only 10% of the test set right.'],
    [0.8, 0.9999, 'probably', 'It gets 80% of the test set right.'],
    [0.8, 0.6, 'maybe a 7, maybe a 4', 'It cannot tell the two apart here. It gets 80% of the test set right.'],
    [0.97, 0.97, '97% sure', ''],
    [0.97, 0.85, '85%, probably', 'It fits best, but something else is possible.'],
    [0.97, 0.7, 'maybe a 7, maybe a 4', 'It cannot tell the two apart here.'],
    [0.97, 0.4, '', 'Not a digit, as far as this network can tell.'],
  ])('a network that scores %s, with an output of %s', (accuracy, share, certainty, remark) => {
    expect(readingOf(prediction(7, share), probabilities, accuracy)).toMatchObject({ certainty, remark })
  })

  test('the output is named as a probability or a plain output', () => {
    expect(read(prediction(7, 0.7), probabilities).output).toBe('70%')
    expect(read(prediction(7, 0.7), outputs).output).toBe('0.700')
    expect(read(prediction(7, 0.4), probabilities).output).toBe('')
  })

  test('an untrained network guesses, for any outputs', () => {
    for (const accuracy of [undefined, 0.1]) {
      for (const share of [0.2, 0.99]) {
        const reading = readingOf(prediction(7, share, 4, 0), probabilities, accuracy)
        expect(reading).toMatchObject({ kind: 'guess', sign: '7', certainty: 'a guess' })
        expect(reading.remark).toMatch(/^It has learnt nothing yet/)
      }
    }
  })

  test('a network from a file has learnt something at step 0', () => {
    expect(readingOf(prediction(7, 0.97, 4, 0), probabilities, 0.98)).toMatchObject({ certainty: '97% sure' })
    expect(readingOf(prediction(7, 0.97, 4, 0), probabilities, 0.3)).toMatchObject({
      kind: 'guess',
      remark: 'It says 7, but it gets only 30% of the test set right.',
    })
  })

  test('without a prediction there is a dash', () => {
    expect(read(undefined, outputs)).toEqual({
      kind: 'none',
      sign: '—',
      sure: false,
      certainty: '',
      words: '',
      output: '',
      remark: '',
    })
  })

  test('the runner-up has its article', () => {
    expect(read(prediction(3, 0.6, 8), probabilities).certainty).toBe('maybe a 3, maybe an 8')
  })

  test('classes are called by their names', () => {
    const fashion = { dataset: 'fashion-mnist', loss: 'cross-entropy', styleShare: 0 } as const
    expect(read(prediction(9, 0.97), fashion)).toMatchObject({ sign: 'Ankle boot', certainty: '97% sure' })
    expect(read(prediction(9, 0.4), fashion)).toMatchObject({
      sign: 'Ankle boot',
      words: 'maybe an ankle boot, maybe a coat',
    })
    expect(read(prediction(9, 0.76), fashion).certainty).toBe('76%, probably')
    expect(readingOf(prediction(1, 0.76), fashion, 0.3).remark).toBe(
      'It says trousers, but it gets only 30% of the test set right.',
    )
    const odd = { outputs: [0.1, 0.5, 0.4, 0], label: 1, step: 5 }
    expect(read(odd, { ...fashion, dataset: oddImages.id })).toMatchObject({
      kind: 'unsure',
      sign: 'east',
      certainty: 'maybe east, maybe south',
    })
  })
})
