// What a network says of the test set: read without disturbing the run, and what the Results panel makes of it.

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  calibrationError,
  classScores,
  confusionMatrix,
  imagesOf,
  reliability,
  totals,
  worstMistakes,
  type Answers,
} from '../src/app/panels/test-metrics'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import { NO_ANSWER, type SessionEvent, type TestResults } from '../src/session/protocol'
import { LocalSession } from '../src/session/session'
import { SIZE, fillStores } from './tiny-digits'
import { withPrograms } from './with-programs'

const spec: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [{ type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }],
  learningRate: 0.002,
  batchSize: 50,
  epochs: 2,
  evaluateEvery: 5,
}
const quadratic: Spec = {
  ...spec,
  layers: [{ type: 'dense', units: 10, activation: 'sigmoid', initialiser: 'glorot', bias: 'yes' }],
  loss: 'quadratic',
  labelSmoothing: 0,
}

/** Called before every `evaluate` that a backend runs. */
let onEvaluate: () => void
let backend: Backend
let session: LocalSession
let events: SessionEvent[]
let told: (TestResults | undefined)[]

beforeEach(async () => {
  onEvaluate = () => {}
  events = []
  told = []
  backend = withPrograms(createReference(), (program) => ({
    run(list, times) {
      if (list === 'evaluate') onEvaluate()
      program.run(list, times)
    },
  }))
  session = new LocalSession({
    makeSynthetic: () => Promise.reject(new Error('not wanted here')),
    open: () => Promise.resolve({ backend, reason: '' }),
    load: (_, { stores }) => {
      fillStores(stores as Backend)
      return Promise.resolve(SIZE)
    },
  })
  await session.listen((event) => events.push(event))
  await session.open('reference', '')
})

afterEach(() => session.pause())

const listen = () => session.watchResults((results) => told.push(results))
const tests = () => events.flatMap((event) => (event.type === 'test' ? [event.point] : []))
const accuracy = (answers: Answers) => totals(answers).right / answers.labels.length

async function until(what: () => boolean, name: string) {
  for (let i = 0; i < 1000; i++) {
    if (what()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`It never came to this: ${name}`)
}

const finished = () =>
  until(() => events.some((event) => event.type === 'progress' && event.progress.phase === 'finished'), 'the end')

/** The answers that the session gives for each image of the test set alone. */
async function oneByOne() {
  const images = await session.inspect('testImages', [...Array(SIZE.testCount).keys()])
  const answers = []
  for (const { example } of images) answers.push(await session.predict(example))
  return { labels: images.map(({ label }) => label), answers }
}

describe('the answers for the test set', () => {
  it.each([
    ['softmax', spec, true],
    ['a quadratic loss', quadratic, false],
  ])('are those for its images one by one, with %s', async (_, spec, probabilities) => {
    await session.reset(spec)
    for (let i = 0; i < 3; i++) await session.step()
    await listen()
    await until(() => told.length > 0, 'results')
    const [results] = told
    const { labels, answers } = await oneByOne()
    expect(results).toMatchObject({ step: 3, probabilities })
    expect([...results!.labels]).toEqual(labels)
    expect([...results!.predicted]).toEqual(answers.map((answer) => answer?.digit))
    answers.forEach((answer, i) => expect(results!.confidence[i]).toBeCloseTo(answer!.outputs[answer!.digit], 5))

    const counted = Array.from({ length: 10 }, () => Array<number>(10).fill(0))
    answers.forEach((answer, i) => counted[labels[i]][answer!.digit]++)
    expect(confusionMatrix(results!)).toEqual(counted)
    const wrong = answers.filter((answer, i) => answer?.digit !== labels[i]).length
    expect(wrong, 'mistakes to test with').toBeGreaterThan(10)
    expect(worstMistakes(results!)).toHaveLength(wrong)
  })

  it('come at step 0, without a point of the curve', async () => {
    await session.reset(spec)
    await listen()
    await until(() => told.length > 0, 'results')
    expect(told[0]).toMatchObject({ step: 0 })
    expect(accuracy(told[0]!)).toBeLessThan(0.4)
    expect(tests()).toEqual([])
  })

  it('come with each evaluation and say the same, and the run goes the same way', async () => {
    await session.reset(spec)
    await session.train()
    await finished()
    const alone = { curve: tests(), learnt: await session.learnt() }
    expect(alone.curve.length).toBeGreaterThan(8)

    events = []
    await session.reset(spec)
    await session.train()
    await listen() // in mid-run
    await finished()
    expect(tests()).toEqual(alone.curve)
    expect(await session.learnt()).toEqual(alone.learnt)
    const last = told.slice(-7).map((results) => ({ step: results?.step, accuracy: results && accuracy(results) }))
    expect(last).toEqual(
      tests()
        .slice(-7)
        .map(({ step, accuracy }) => ({ step, accuracy })),
    )
  })

  it('are not read any more once nobody listens', async () => {
    await session.reset(spec)
    await listen()
    await until(() => told.length === 1, 'results')
    await session.watchResults()
    await session.train()
    await finished()
    expect(tests().length).toBeGreaterThan(8)
    expect(told).toHaveLength(1)
  })

  it('of the next run come by themselves, after word that the old ones are over', async () => {
    await listen()
    await session.reset(spec)
    await until(() => told.length === 2, 'results of the first')
    await session.reset({ ...spec, seed: 9 })
    await until(() => told.length === 4, 'results of the second')
    expect(told.map((results) => results?.step)).toEqual([undefined, 0, undefined, 0])
    expect(told[3]?.predicted).not.toEqual(told[1]?.predicted)
  })

  it('stay away where an output is not finite', async () => {
    await session.reset(spec)
    const learnt = (await session.learnt())!
    learnt.parameters.fill(NaN)
    await session.replace(learnt)
    await listen()
    await until(() => told.length > 0, 'results')
    expect(totals(told[0]!)).toEqual({ images: SIZE.testCount, right: 0, wrong: 0, silent: SIZE.testCount })
    expect(calibrationError(reliability(told[0]!))).toBeUndefined()
  })
})

it('images of the test set that there are not are refused', async () => {
  await session.reset(spec)
  for (const number of [SIZE.testCount, -1, 0.5, NaN, 5_000_000]) {
    await expect(session.inspect('testImages', [0, number])).rejects.toThrow(RangeError)
  }
  expect(await session.inspect('testImages', [SIZE.testCount - 1])).toHaveLength(1)
  expect(events.filter(({ type }) => type === 'problem')).toEqual([])
})

describe('a pass over the test set that the run did not ask for', () => {
  it.each([
    ['a run takes the place of the one it is of', () => session.reset({ ...spec, seed: 9 })],
    ['the run moves to another backend', () => session.open('reference', '')],
  ])('ends before %s, and nothing of it is told after that', async (_, replace) => {
    const { prepare } = backend
    let slow = false
    let late = 0
    const pause = () => new Promise((resolve) => setTimeout(resolve, 10))
    backend.prepare = async (plan) => {
      if (slow) await pause()
      const program = await prepare(plan)
      let disposed = false
      return {
        ...program,
        run(list, times) {
          if (disposed) late++
          program.run(list, times)
        },
        async read(...args) {
          if (slow) await pause()
          if (disposed) late++
          return program.read(...args)
        },
        dispose() {
          disposed = true
          program.dispose()
        },
      }
    }
    for (let after = 0; after < 40; after += 8) {
      slow = false
      await session.watchResults()
      await session.reset(spec)
      for (let i = 0; i < 3; i++) await session.step()
      slow = true
      told = []
      const replaced = replace()
      await new Promise((resolve) => setTimeout(resolve, after))
      await listen()
      await replaced
      await until(() => told.at(-1) !== undefined, 'results of the new one')
      if (told.includes(undefined)) expect(told.lastIndexOf(undefined)).toBe(told.length - 2)
    }
    expect(late).toBe(0)
  })

  it('is given up when the run is stepped, and the next one is right', async () => {
    await session.reset(spec)
    let stepped: Promise<void> | undefined
    onEvaluate = () => void (stepped ??= session.step())
    await listen()
    await until(() => stepped !== undefined, 'the pass')
    await stepped
    expect(told).toEqual([])
    await listen()
    await until(() => told.length > 0, 'results')
    expect(told[0]?.step).toBe(1)
    const { answers } = await oneByOne()
    expect([...told[0]!.predicted]).toEqual(answers.map((answer) => answer?.digit))
  })

  it('leaves an evaluation that was paused half-way right', async () => {
    await session.reset({ ...spec, evaluateEvery: 0, epochs: 1 })
    await session.train()
    await finished()
    const [whole] = tests()

    events = []
    await session.reset({ ...spec, evaluateEvery: 0, epochs: 1 })
    let pausing: Promise<void> | undefined
    onEvaluate = () => void (pausing ??= session.pause()) // in the first of two batches
    await session.train()
    await until(() => pausing !== undefined, 'the evaluation')
    await pausing
    expect(tests()).toEqual([])
    // Half a pass: given up by the step, which first ends the evaluation.
    let stepped: Promise<void> | undefined
    onEvaluate = () => void (stepped ??= session.step())
    await listen()
    await until(() => stepped !== undefined, 'the pass')
    await stepped
    expect(tests()).toEqual([whole])
    expect(told.map((results) => results?.step)).toEqual([21])
    expect(accuracy(told[0]!)).toBe(whole.accuracy)
  })
})

/** Answers of any kind, some of them silent. */
const answers: fc.Arbitrary<Answers> = fc
  .array(
    fc.record({
      label: fc.nat(9),
      digit: fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.constant(NO_ANSWER) }),
      confidence: fc.float({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 200 },
  )
  .map((images) => ({
    labels: Uint8Array.from(images, ({ label }) => label),
    predicted: Uint8Array.from(images, ({ digit }) => digit),
    confidence: Float32Array.from(images, ({ confidence }) => confidence),
  }))

const numbersOf = ({ labels }: Answers) => [...labels.keys()]
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe('the confusion matrix', () => {
  it('counts every answer once, and its cells hold the images', () => {
    fc.assert(
      fc.property(answers, fc.nat(9), fc.nat(9), (answers, label, digit) => {
        const matrix = confusionMatrix(answers)
        const { images, right, wrong, silent } = totals(answers)
        expect(right + wrong + silent).toBe(images)
        expect(sum(matrix.flat())).toBe(right + wrong)
        expect(sum(matrix.map((row, i) => row[i]))).toBe(right)
        const cell = numbersOf(answers).filter((i) => answers.labels[i] === label && answers.predicted[i] === digit)
        expect(matrix[label][digit]).toBe(cell.length)
        expect([...imagesOf(answers, label, digit)].sort((a, b) => a - b)).toEqual(cell)
      }),
    )
  })
})

describe('scores of a class', () => {
  it('are shares of what was counted', () => {
    fc.assert(
      fc.property(answers, fc.nat(9), (answers, digit) => {
        const { support, precision, recall, f1 } = classScores(answers)[digit]
        const numbers = numbersOf(answers)
        const called = numbers.filter((i) => answers.predicted[i] === digit)
        const are = numbers.filter((i) => answers.labels[i] === digit)
        const right = called.filter((i) => answers.labels[i] === digit).length
        expect(support).toBe(are.length)
        expect(precision).toBe(called.length > 0 ? right / called.length : undefined)
        expect(recall).toBe(are.length > 0 ? right / are.length : undefined)
        if (precision && recall) expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12)
        else expect(f1).toBe(called.length + are.length > 0 ? 0 : undefined)
      }),
    )
  })
})

describe('the worst mistakes', () => {
  it('are all mistakes, by falling confidence', () => {
    fc.assert(
      fc.property(answers, (answers) => {
        const worst = worstMistakes(answers)
        expect(worst).toHaveLength(totals(answers).wrong)
        expect(new Set(worst).size).toBe(worst.length)
        for (const i of worst) expect(answers.predicted[i]).not.toBe(answers.labels[i])
        worst.slice(1).forEach((image, i) => {
          const before = worst[i]
          const [a, b] = [answers.confidence[before], answers.confidence[image]]
          expect(a > b || (a === b && before < image)).toBe(true)
        })
      }),
    )
  })
})

describe('the reliability diagram', () => {
  it('has every answer in the bin of its confidence', () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 20 }), (answers, count) => {
        const bins = reliability(answers, count)
        expect(bins).toHaveLength(count)
        const { right, wrong } = totals(answers)
        expect(sum(bins.map((bin) => bin.count))).toBe(right + wrong)
        expect(sum(bins.map((bin) => bin.count * (bin.accuracy ?? 0)))).toBeCloseTo(right, 9)
        for (const { from, to, count, confidence } of bins) {
          if (count === 0) expect(confidence).toBeUndefined()
          else expect(confidence! >= from - 1e-12 && confidence! <= to + 1e-12).toBe(true)
        }
        const error = calibrationError(bins)
        if (right + wrong === 0) expect(error).toBeUndefined()
        else expect(error! >= 0 && error! <= 1).toBe(true)
      }),
    )
  })

  it('has the error of equation 3, worked out by hand', () => {
    // Two bins: (0, 0.5] holds 0.5 right and 0.25 wrong, (0.5, 1] holds 0.75 right, 1 right, 0.875 wrong.
    const answers: Answers = {
      labels: Uint8Array.of(1, 2, 3, 4, 5),
      predicted: Uint8Array.of(1, 0, 3, 4, 0),
      confidence: Float32Array.of(0.5, 0.25, 0.75, 1, 0.875),
    }
    const bins = reliability(answers, 2)
    expect(bins.map(({ count }) => count)).toEqual([2, 3])
    expect(bins[0]).toMatchObject({ confidence: 0.375, accuracy: 0.5 })
    expect(bins[1]).toMatchObject({ confidence: 0.875, accuracy: 2 / 3 })
    expect(calibrationError(bins)).toBeCloseTo((2 * 0.125 + 3 * (0.875 - 2 / 3)) / 5, 12)
  })

  it('of a network that is as sure as it is right has no error', () => {
    const labels = Uint8Array.from({ length: 100 }, () => 3)
    const predicted = Uint8Array.from({ length: 100 }, (_, i) => (i < 75 ? 3 : 4))
    expect(calibrationError(reliability({ labels, predicted, confidence: new Float32Array(100).fill(0.75) }))).toBe(0)
  })
})
