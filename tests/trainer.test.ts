// The training loop on the reference backend: phases, evaluations, snapshots, and that a seed means something.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import { PIXELS } from './tiny-digits'
import type { CurvePoint, Progress } from '../src/session/protocol'
import type { Breakdown } from '../src/session/divergence-guard'
import type { Data } from '../src/session/data'
import { Trainer, type Snapshot } from '../src/session/trainer'
import { fillStores, SIZE } from './tiny-digits'
import { withPrograms } from './with-programs'

const data: Data = SIZE
const spec: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [
    { type: 'dense', units: 12, activation: 'relu', initialiser: 'he', bias: 'yes' },
    { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' },
  ],
  learningRate: 0.01,
  batchSize: 50,
  epochs: 3,
  evaluateEvery: 25,
}

/** A backend whose answers take their time, as a device's do. */
function slow(backend: Backend): Backend {
  return withPrograms(backend, (program) => ({
    async read(...args) {
      const values = await program.read(...args)
      await new Promise((resolve) => setTimeout(resolve, 20))
      return values
    },
  }))
}

async function start(over: Partial<Spec> = {}, snapshot?: Snapshot, backend = createReference()) {
  fillStores(backend)
  const log = {
    progress: [] as Progress[],
    train: [] as CurvePoint[],
    test: [] as CurvePoint[],
    validation: [] as CurvePoint[],
    diverged: [] as Breakdown[],
  }
  let settle: (phase: string) => void = () => {}
  const trainer = await Trainer.create(
    backend,
    { ...spec, ...over },
    data,
    {
      progress(progress) {
        log.progress.push(progress)
        settle(progress.phase)
      },
      train: (points) => log.train.push(...points),
      test: (point) => log.test.push(point),
      validation: (point) => log.validation.push(point),
      diverged: (breakdown) => log.diverged.push(breakdown),
      failed(error) {
        throw error
      },
    },
    snapshot,
  )
  const reach = (phase: string) =>
    new Promise<void>((resolve) => {
      settle = (now) => now === phase && resolve()
      settle(trainer.phase)
    })
  /** Waits until so many steps are done. */
  const until = async (step: number) => {
    while ((log.progress.at(-1)?.step ?? 0) <= step) await new Promise((resolve) => setImmediate(resolve))
  }
  return { trainer, log, reach, until }
}

describe('a run', () => {
  it('learns, evaluates on schedule and ends', async () => {
    const { trainer, log, reach } = await start()
    expect(trainer.phase).toBe('idle')
    trainer.start()
    await reach('finished')
    // 1003 images in batches of 50: epochs end inside the batches 21, 41 and 61.
    expect(log.test.map(({ step }) => step)).toEqual([21, 25, 41, 50, 61])
    const last = log.test[log.test.length - 1]
    expect(last.accuracy).toBeGreaterThan(0.95)
    expect(last.loss).toBeLessThan(log.test[0].loss)
    expect(log.train.map(({ step }) => step)).toEqual(Array.from({ length: 61 }, (_, i) => i + 1))
    expect(log.progress[log.progress.length - 1]).toMatchObject({ phase: 'finished', step: 61, steps: 61, epoch: 3 })
    expect(trainer.snapshot?.step).toBe(61)
  })

  it('gives the same results with pauses, single steps and a move to another backend', async () => {
    const whole = await start()
    whole.trainer.start()
    await whole.reach('finished')

    const first = await start()
    await first.trainer.step()
    expect(first.trainer.phase).toBe('paused')
    expect(first.log.train).toHaveLength(1)
    first.trainer.start()
    await first.until(10)
    await first.trainer.pause()
    const snapshot = await first.trainer.takeSnapshot()
    expect(snapshot.step).toBeGreaterThan(10)
    expect(snapshot.step).toBeLessThan(61)
    const second = await start({}, snapshot)
    second.trainer.start()
    await second.reach('finished')
    const parameters = async ({ trainer }: typeof whole) => (await trainer.takeSnapshot()).buffers
    expect(await parameters(second)).toEqual(await parameters(whole))
    expect(second.log.test[second.log.test.length - 1]).toEqual(whole.log.test[whole.log.test.length - 1])
  })

  it('starts the same from the same seed, and differently from another', async () => {
    const parameters = async (seed: number) => (await start({ seed })).trainer.snapshot?.buffers[0]
    expect(await parameters(5)).toEqual(await parameters(5))
    expect(await parameters(6)).not.toEqual(await parameters(5))
  })

  it('goes on if it is resumed before its pause is complete', async () => {
    const { trainer, log, reach, until } = await start({}, undefined, slow(createReference()))
    trainer.start()
    for (const step of [2, 10, 20]) {
      await until(step)
      const paused = trainer.pause()
      await new Promise((resolve) => setTimeout(resolve, 5)) // the loop has seen it and waits for what is under way
      trainer.start()
      await paused
    }
    await reach('finished')
    expect(log.progress.filter(({ phase }) => phase === 'finished').map(({ step }) => step)).toEqual([61])
    expect(log.train.map(({ step }) => step)).toEqual(Array.from({ length: 61 }, (_, i) => i + 1))
  })

  it('pauses promptly and resumes', async () => {
    const { trainer, log, reach } = await start({ epochs: 10_000 })
    trainer.start()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await trainer.pause()
    expect(trainer.phase).toBe('paused')
    const { step } = log.progress[log.progress.length - 1]
    expect(step).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(log.progress[log.progress.length - 1].step).toBe(step)
    trainer.start()
    await reach('running')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await trainer.pause()
    expect(log.progress[log.progress.length - 1].step).toBeGreaterThan(step)
  })

  it('takes fewer and more epochs in mid-run, and evaluates its end', async () => {
    const { trainer, log, reach } = await start({ epochs: 10_000, evaluateEvery: 0 })
    trainer.start()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await trainer.pause()
    const { step } = log.progress[log.progress.length - 1]
    trainer.adjust({ epochs: 1, learningRate: 0.001, evaluateEvery: 0 })
    trainer.start()
    await reach('finished')
    expect(log.test[log.test.length - 1].step).toBe(Math.max(step, 21))
    trainer.adjust({ epochs: 9_000, learningRate: 0.001, evaluateEvery: 0 })
    expect(trainer.phase).toBe('paused')
    trainer.adjust({ epochs: 1, learningRate: 0.001, evaluateEvery: 0 })
    expect(trainer.phase, 'nobody trained on meanwhile').toBe('finished')
  })

  it('does not call a paused run finished because its epochs are fewer than it has trained', async () => {
    const { trainer } = await start({ epochs: 3, evaluateEvery: 5 })
    for (let step = 0; step < 25; step++) await trainer.step()
    await trainer.testAccuracy()
    trainer.adjust({ epochs: 1, learningRate: 0.001, evaluateEvery: 0 })
    expect(trainer.phase).toBe('paused')
  })

  it('uses a learning rate from the step after it was changed', async () => {
    const { trainer } = await start()
    await trainer.step()
    trainer.adjust({ epochs: 3, learningRate: 0, evaluateEvery: 0 })
    const before = (await trainer.takeSnapshot()).buffers[0]
    await trainer.step()
    expect((await trainer.takeSnapshot()).buffers[0]).toEqual(before)
  })

  it('trains on the first images and evaluates the last ones beside the test set', async () => {
    const { trainer, log, reach } = await start({ trainingSize: 300, validationSize: 203, evaluateEvery: 0 })
    trainer.start()
    await reach('finished')
    expect(log.test.map(({ step }) => step)).toEqual([6, 12, 18])
    expect(log.validation.map(({ step }) => step)).toEqual([6, 12, 18])
    const last = log.validation[2]
    expect(last.accuracy).toBeGreaterThan(0.9)
    expect((last.accuracy * 203) % 1, 'a share of the held-out images').toBeCloseTo(0, 6)
    expect(last.loss).toBeLessThan(log.validation[0].loss)
    expect(log.progress.at(-1)).toMatchObject({ step: 18, epoch: 3 })
  })

  it('follows the schedule of the learning rate', async () => {
    // After the first epoch (21 steps) the rate is zero: nothing moves any more.
    const { trainer, reach } = await start({ schedule: { type: 'step', every: 1, factor: 0 }, epochs: 1 })
    trainer.start()
    await reach('finished')
    const before = (await trainer.takeSnapshot()).buffers[0]
    trainer.adjust({ epochs: 2, learningRate: 0.01, evaluateEvery: 0 })
    trainer.start()
    await reach('finished')
    expect((await trainer.takeSnapshot()).buffers[0]).toEqual(before)
  })

  it('keeps running statistics in its snapshots', async () => {
    const norm: Partial<Spec> = {
      layers: [{ type: 'flatten' }, { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 }, ...spec.layers],
      epochs: 1,
    }
    const first = await start(norm)
    first.trainer.start()
    await first.reach('finished')
    const snapshot = await first.trainer.takeSnapshot()
    const second = await start(norm, snapshot)
    const image = new Uint8Array(PIXELS).map((_, i) => (i * 7) % 256)
    const [expected, actual] = await Promise.all([first.trainer.predict(image), second.trainer.predict(image)])
    expect(actual).toEqual(expected)
    expect(expected).not.toEqual(await (await start(norm)).trainer.predict(image))
  })

  it('stops for good at a loss that is not finite, and reports once where a search could start', async () => {
    const { trainer, log, reach } = await start({
      learningRate: 1000,
      schedule: { type: 'constant' },
      optimizer: { type: 'momentum', momentum: 0.99, weightDecay: 0 },
      layers: [
        { type: 'dense', units: 12, activation: 'linear', initialiser: 'he', bias: 'yes' },
        { type: 'dense', units: 10, activation: 'linear', initialiser: 'he', bias: 'yes' },
      ],
    })
    trainer.start()
    await reach('diverged')
    await trainer.pause()
    const [{ step, sign, from, rates, back }] = log.diverged
    expect(sign).toBe('loss')
    expect(Number.isFinite(log.train.find((point) => point.step === step - 1)?.loss)).toBe(true)
    expect(from.step).toBe(Math.max(0, ...log.test.map((point) => point.step).filter((other) => other < step)))
    expect(rates.length).toBeGreaterThanOrEqual(step - from.step)
    expect(rates.every((rate) => rate === 1000)).toBe(true)
    expect(trainer.snapshot).toBe(back)
    expect(await trainer.predict(new Uint8Array(PIXELS).fill(90)), 'no digit out of NaN').toBeUndefined()
    trainer.start()
    await trainer.step()
    expect(trainer.phase).toBe('diverged')
    expect(log.diverged).toHaveLength(1)
  })

  it('predicts with probabilities that sum to one', async () => {
    const { trainer, reach } = await start()
    trainer.start()
    await reach('finished')
    const { outputs, label, step } = (await trainer.predict(new Uint8Array(PIXELS).fill(90)))!
    expect(step).toBe(61)
    expect(outputs.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
    expect(outputs[label]).toBe(Math.max(...outputs))
  })
})

describe('another network put into a run', () => {
  const zeros = async (trainer: Trainer) => {
    const { parameters, running } = await trainer.learnt()
    return { parameters: new Float32Array(parameters.length), running: new Float32Array(running.length) }
  }

  it('is evaluated completely, even during an evaluation of the old one', async () => {
    const { trainer, log } = await start({ epochs: 1 })
    await trainer.replace(await zeros(trainer))
    const [alone] = log.test // equal outputs: the first class of all
    expect(alone.accuracy).toBeLessThan(0.3)

    const evaluated: (() => void)[] = []
    const backend = withPrograms(createReference(), (program) => ({
      run(list, times) {
        program.run(list, times)
        if (list === 'evaluate') evaluated.splice(0).forEach((tell) => tell())
      },
    }))
    const second = await start({ epochs: 1, evaluateEvery: 5 }, undefined, backend)
    const begun = new Promise<void>((resolve) => evaluated.push(resolve))
    second.trainer.start()
    await begun
    const pausing = second.trainer.pause() // the first of two batches of the test set has been submitted
    await pausing
    expect(second.log.test).toEqual([])
    await second.trainer.replace(await zeros(second.trainer))
    expect(second.log.test.map(({ accuracy }) => accuracy)).toEqual([alone.accuracy])
    expect(second.trainer.phase).toBe('paused')
  })

  it('leaves a finished run finished, with a snapshot of the new one', async () => {
    const { trainer, log, reach } = await start({ epochs: 1 })
    trainer.start()
    await reach('finished')
    await trainer.replace(await zeros(trainer))
    expect(trainer.phase).toBe('finished')
    expect(log.test.at(-1)?.step).toBe(21)
    expect(trainer.snapshot?.buffers[0].every((value) => value === 0)).toBe(true)
  })
})

describe('a run moved during its last evaluation', () => {
  it('evaluates on the new backend, and takes no step past the end', async () => {
    const first = await start({ epochs: 1 })
    first.trainer.start()
    await first.until(20)
    await first.trainer.pause()
    const whole = await first.trainer.takeSnapshot()
    expect(whole.step).toBe(21)
    const second = await start({ epochs: 1 }, { ...whole, evaluation: 'due' })
    expect(second.trainer.phase).toBe('paused')
    await second.trainer.step()
    expect(second.trainer.phase).toBe('finished')
    expect(second.log.test.map(({ step }) => step)).toEqual([21])
    expect((await second.trainer.takeSnapshot()).step).toBe(21)
  })
})
