// What a network says of the test set: read without disturbing the run.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  calibrationError,
  confusionMatrix,
  reliability,
  totals,
  worstMistakes,
  type Answers,
} from '../src/app/panels/test-metrics'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import { type SessionEvent, type TestResults } from '../src/session/protocol'
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
  ])('equal the answers for single images, with %s', async (_, spec, probabilities) => {
    await session.reset(spec)
    for (let i = 0; i < 3; i++) await session.step()
    await listen()
    await until(() => told.length > 0, 'results')
    const [results] = told
    const { labels, answers } = await oneByOne()
    expect(results).toMatchObject({ step: 3, probabilities })
    expect([...results!.labels]).toEqual(labels)
    expect([...results!.predicted]).toEqual(answers.map((answer) => answer?.label))
    answers.forEach((answer, i) => expect(results!.confidence[i]).toBeCloseTo(answer!.outputs[answer!.label], 5))

    const counted = Array.from({ length: 10 }, () => Array<number>(10).fill(0))
    answers.forEach((answer, i) => counted[labels[i]][answer!.label]++)
    expect(confusionMatrix(results!, 10)).toEqual(counted)
    const wrong = answers.filter((answer, i) => answer?.label !== labels[i]).length
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

  it('come with each evaluation, agree with it, and do not change the run', async () => {
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

  it('are not read without a listener', async () => {
    await session.reset(spec)
    await listen()
    await until(() => told.length === 1, 'results')
    await session.watchResults()
    await session.train()
    await finished()
    expect(tests().length).toBeGreaterThan(8)
    expect(told).toHaveLength(1)
  })

  it('of the next run come by themselves, after the old ones are declared stale', async () => {
    await listen()
    await session.reset(spec)
    await until(() => told.length === 2, 'results of the first')
    await session.reset({ ...spec, seed: 9 })
    await until(() => told.length === 4, 'results of the second')
    expect(told.map((results) => results?.step)).toEqual([undefined, 0, undefined, 0])
    expect(told[3]?.predicted).not.toEqual(told[1]?.predicted)
  })

  it('do not come if an output is not finite', async () => {
    await session.reset(spec)
    const learnt = (await session.learnt())!
    learnt.parameters.fill(NaN)
    await session.replace(learnt)
    await listen()
    await until(() => told.length > 0, 'results')
    expect(totals(told[0]!)).toEqual({ examples: SIZE.testCount, right: 0, wrong: 0, silent: SIZE.testCount })
    expect(calibrationError(reliability(told[0]!))).toBeUndefined()
  })
})

it('are refused for images that do not exist', async () => {
  await session.reset(spec)
  for (const number of [SIZE.testCount, -1, 0.5, NaN, 5_000_000]) {
    await expect(session.inspect('testImages', [0, number])).rejects.toThrow(RangeError)
  }
  expect(await session.inspect('testImages', [SIZE.testCount - 1])).toHaveLength(1)
  expect(events.filter(({ type }) => type === 'problem')).toEqual([])
})

describe('a pass over the test set outside the schedule', () => {
  it.each([
    ['a run replaces its own', () => session.reset({ ...spec, seed: 9 })],
    ['the run moves to another backend', () => session.open('reference', '')],
  ])('ends before %s, and reports nothing after that', async (_, replace) => {
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

  it('is cancelled when the run takes a step, and the next one is right', async () => {
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
    expect([...told[0]!.predicted]).toEqual(answers.map((answer) => answer?.label))
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
