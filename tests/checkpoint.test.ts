// Checkpoints of a session: a resumed run has the numbers of one that never stopped, networks of files are taken over, and what
// does not fit is refused with the run untouched.

import { describe, expect, it } from 'vitest'
import { mnist } from '../src/datasets'
import { storesOf } from '../src/datasets/stores'
import { createReference } from '../src/backends/reference'
import { DeviceMemoryError, type Backend } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import { readNetwork, writeNetwork } from '../src/formats/network'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import type { Checkpoint, SessionEvent } from '../src/session/protocol'
import { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { PIXELS, SIZE, fillStores } from './tiny-digits'
import { withPrograms } from './with-programs'

const stores = storesOf(mnist)

/** Everything that a checkpoint must hold: two moments, running statistics, dropout and warps by step, a schedule. */
const spec: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'warp', rotation: 10, scale: 0.1, shear: 0.1, shift: 1, elastic: 0, flip: 0 },
  styleShare: 0,
  layers: [
    { type: 'dense', units: 12, activation: 'relu', initialiser: 'he', bias: 'yes' },
    { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
    { type: 'dropout', rate: 0.2 },
    { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' },
  ],
  optimizer: { type: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  schedule: { type: 'cosine', warmup: 0 },
  batchSize: 50,
  epochs: 3, // 1003 images: 61 steps
  evaluateEvery: 25,
}

/** A session on made-up digits, with what it has told. */
async function start(open: () => Promise<Backend> | Backend = createReference) {
  const events: SessionEvent[] = []
  const backends: Backend[] = []
  const session = new LocalSession({
    makeSynthetic: () => makeSynthetic(40),
    open: async () => {
      const backend = await open()
      backends.push(backend)
      return { backend, reason: '' }
    },
    load: (_, { stores }) => {
      fillStores(stores as Backend)
      return Promise.resolve(SIZE)
    },
  })
  await session.listen((event) => events.push(event))
  await session.open('reference', '')
  const only = <T extends SessionEvent['type']>(type: T) =>
    events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type)
  const progress = () => only('progress').at(-1)?.progress
  /** Waits for something that comes by itself. */
  const until = async (what: () => boolean, name: string) => {
    for (let i = 0; i < 2000; i++) {
      if (what()) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error(`It never came to this: ${name}`)
  }
  return {
    session,
    backends,
    only,
    progress,
    until,
    problems: () => only('problem').map(({ problem }) => problem.message),
    /** Trains to the end. */
    async finish() {
      await session.train()
      await until(() => progress()?.phase === 'finished', 'the end')
    },
    /** A checkpoint as it comes out of IndexedDB. */
    async take(): Promise<Checkpoint> {
      const checkpoint = await session.checkpoint()
      expect(checkpoint).toBeDefined()
      return structuredClone(checkpoint!)
    },
  }
}

describe.each([
  ['reference', createReference],
  ['WebAssembly', () => createWasm({ threads: 1 })],
] as const)('on %s', (_, open) => {
  it('a run that continues elsewhere gives the same bits as one that never stopped', async () => {
    const whole = await start(open)
    await whole.session.reset(spec)
    await whole.finish()

    const first = await start(open)
    await first.session.reset(spec)
    for (let i = 0; i < 28; i++) await first.session.step()
    await first.session.train()
    const checkpoint = await first.take() // while it runs
    await first.session.pause()
    const { step } = checkpoint.snapshot
    expect(step).toBeGreaterThanOrEqual(28)
    expect(step).toBeLessThan(61)
    expect(checkpoint.buffers).toHaveLength(5) // parameters, running statistics, two moments, state

    const second = await start(open)
    expect(await second.session.restore(checkpoint)).toBe(true)
    expect(second.only('reset')).toMatchObject([{ spec, origin: 'checkpoint', step }])
    expect(second.progress()).toMatchObject({ phase: 'paused', step })
    await second.finish()
    expect((await second.take()).snapshot.buffers).toEqual((await whole.take()).snapshot.buffers)
    const later = <T extends { step: number }>(points: T[]) => points.filter((point) => point.step > step)
    const points = ({ only }: typeof whole) => later(only('test').map(({ point }) => point))
    expect(points(second)).toEqual(points(whole))
    expect(points(second).map((point) => point.step)).toEqual([41, 50, 61].filter((due) => due > step))
    const trained = ({ only }: typeof whole) => later(only('train').flatMap((event) => [...event.points]))
    expect(trained(second)).toEqual(trained(whole))
    expect(second.problems()).toEqual([])
  })
})

describe('a checkpoint', () => {
  it('is undefined without a run', async () => {
    const { session } = await start()
    expect(await session.checkpoint()).toBeUndefined()
  })

  it('leaves the run running, and holds its adjustments', async () => {
    const { session, progress, until, take } = await start()
    await session.reset({ ...spec, epochs: 2000 })
    await session.train()
    await session.adjust({ learningRate: 0.5, epochs: 1500, evaluateEvery: 0 })
    const { spec: kept, snapshot } = await take()
    expect(kept).toEqual({ ...spec, learningRate: 0.5, epochs: 1500, evaluateEvery: 0 })
    expect(progress()?.phase).toBe('running')
    await until(() => progress()!.step > snapshot.step + 5, 'going on')
    await session.pause()
  })

  it('of a finished run is finished, and predicts the same', async () => {
    const first = await start()
    await first.session.reset({ ...spec, epochs: 1 })
    await first.finish()
    const image = new Uint8Array(PIXELS).map((_, i) => (i * 7) % 256)
    const second = await start()
    await second.session.restore(await first.take())
    expect(second.progress()).toMatchObject({ phase: 'finished', step: 21, steps: 21 })
    expect(await second.session.predict(image)).toEqual(await first.session.predict(image))
  })

  it('taken in the middle of an evaluation evaluates before it goes on', async () => {
    const first = await start()
    await first.session.reset(spec)
    await first.session.step()
    const checkpoint = await first.take()
    const second = await start()
    await second.session.restore({ ...checkpoint, snapshot: { ...checkpoint.snapshot, evaluation: 'due' } })
    expect(second.only('test')).toEqual([])
    await second.session.step()
    expect(second.only('test').map(({ point }) => point.step)).toEqual([1])
  })

  it('taken before the result of an evaluation arrives evaluates before it goes on', async () => {
    let letGo = () => {}
    const hold = new Promise<void>((resolve) => (letGo = resolve))
    let submitted = 0
    const first = await start(() =>
      withPrograms(createReference(), (program) => ({
        run(list, times) {
          if (list === 'evaluate') submitted++
          program.run(list, times)
        },
        async read(...args) {
          const values = await program.read(...args)
          // What comes back of the evaluation, and not what a checkpoint reads later.
          if (submitted > 0 && args[0].name.includes('history')) await hold
          return values
        },
      })),
    )
    await first.session.reset({ ...spec, epochs: 1, evaluateEvery: 0 }) // one evaluation, after the last step
    const { only, take, session } = first
    await session.train()
    await first.until(() => submitted === 2, 'the evaluation') // 200 images in two batches
    const checkpoint = await take()
    expect(only('test')).toEqual([])
    expect(checkpoint.snapshot).toMatchObject({ step: 21, evaluation: 'due' })
    letGo()
    await session.pause()
    const second = await start()
    await second.session.restore(checkpoint)
    await second.session.step()
    expect(second.only('test').map(({ point }) => point)).toEqual([only('test')[0].point])
  })

  it('is restored on another device too', async () => {
    const first = await start()
    await first.session.reset(spec)
    await first.session.step()
    const checkpoint = await first.take()
    const second = await start()
    await second.session.restore(checkpoint)
    await second.session.open('wasm', '')
    expect((await second.take()).snapshot.buffers).toEqual(checkpoint.snapshot.buffers)
  })
})

describe('a checkpoint that does not fit', () => {
  const network = (units: number): Spec => ({
    ...spec,
    layers: spec.layers.with(0, { ...spec.layers[0], units } as never),
  })
  const edited = (edit: (checkpoint: Checkpoint) => Checkpoint) => edit
  const snapshot = (over: Partial<Checkpoint['snapshot']>) =>
    edited((checkpoint) => ({ ...checkpoint, snapshot: { ...checkpoint.snapshot, ...over } }))
  const buffer = (i: number, values: Float32Array | Uint32Array) =>
    edited((checkpoint) => snapshot({ buffers: checkpoint.snapshot.buffers.with(i, values) })(checkpoint))

  it.each([
    [
      'of another network',
      edited((all) => ({ ...all, spec: network(16) })),
      /its parameters have \d+ values; .* needs/,
    ],
    [
      'of another optimizer',
      edited((all) => ({ ...all, spec: { ...spec, optimizer: { type: 'sgd', weightDecay: 0 } } })),
      /it holds parameters, running, .*; this network needs parameters, running/,
    ],
    ['of another seed', edited((all) => ({ ...all, spec: { ...spec, seed: 99 } })), 'has the seed 99'],
    ['with a spec that is none', edited((all) => ({ ...all, spec: { ...spec, batchSize: 0 } })), 'batchSize'],
    ['with another step', snapshot({ step: 7 }), 'at step 7, and its state is at 2'],
    ['with a step that is none', snapshot({ step: NaN }), 'its step is NaN'],
    ['with a time that is none', snapshot({ seconds: -1 }), '-1 seconds'],
    ['with too few buffers', snapshot({ buffers: [] }), 'it holds'],
    ['with a short buffer', buffer(0, new Float32Array(3)), 'its parameters have 3 values'],
    [
      'with weights that are no numbers',
      edited((all) => buffer(0, (all.snapshot.buffers[0] as Float32Array).with(3, NaN))(all)),
      'its parameters hold NaN',
    ],
    [
      'with a moment that is no number',
      edited((all) => buffer(2, (all.snapshot.buffers[2] as Float32Array).with(3, Infinity))(all)),
      'hold Infinity; values must be finite',
    ],
    ['with a buffer of another type', buffer(0, new Uint32Array(3)), 'are no f32 values'],
  ])('%s is refused with the reason, and the run goes on', async (_, edit, reason) => {
    const { session, take, problems, only, progress, until } = await start()
    await session.reset({ ...spec, epochs: 2000 })
    await session.step()
    await session.step()
    const checkpoint = await take()
    await session.train()
    expect(await session.restore(edit({ ...checkpoint, spec: { ...checkpoint.spec, epochs: 3 } }))).toBe(false)
    expect(problems()).toEqual([expect.stringMatching(reason)])
    expect(only('reset')).toHaveLength(1)
    const { step } = progress()!
    await until(() => progress()!.phase === 'running' && progress()!.step > step + 5, 'going on')
    await session.pause()
  })

  it('for want of memory is reported, and the run goes on', async () => {
    const { session, backends, take, problems, progress, until } = await start()
    await session.reset({ ...spec, epochs: 2000 })
    await session.step()
    const checkpoint = await take()
    await session.train()
    Object.assign(backends[0], { prepare: () => Promise.reject(new DeviceMemoryError('too little memory')) })
    expect(await session.restore(checkpoint)).toBe(false)
    expect(problems()).toEqual(['too little memory'])
    const { step } = progress()!
    await until(() => progress()!.phase === 'running' && progress()!.step > step + 5, 'going on')
    await session.pause()
  })
})

describe('a network of a file', () => {
  it('predicts as it did when it was saved, is evaluated at step 0 and trains on', async () => {
    const first = await start()
    await first.session.reset(spec)
    await first.finish()
    const file = writeNetwork({ spec, learnt: (await first.session.learnt())! })
    const image = new Uint8Array(PIXELS).map((_, i) => (i * 7) % 256)
    const said = await first.session.predict(image)

    const second = await start()
    await second.session.reset({ ...spec, seed: 3 })
    const network = readNetwork(file)
    expect(await second.session.load(network.spec, network.learnt)).toBe(true)
    expect(second.only('reset').at(-1)).toMatchObject({ spec, origin: 'file', step: 0 })
    expect(second.progress()).toMatchObject({ phase: 'idle', step: 0 })
    expect(second.only('test').map(({ point }) => point)).toEqual([{ ...first.only('test').at(-1)!.point, step: 0 }])
    expect(await second.session.predict(image)).toEqual({ ...said, step: 0 })
    // A device that goes away at once does not take it along.
    await second.session.open('wasm', '')
    expect((await second.session.learnt())?.parameters).toEqual(network.learnt.parameters)
    await second.session.step()
    expect(second.progress()?.step).toBe(1)
    expect(second.problems()).toEqual([])
  })

  it('is evaluated first if Train was pressed while it loads, and then trains', async () => {
    const { session, only, until } = await start()
    const long = { ...spec, epochs: 2000 }
    await session.reset(long)
    const learnt = (await session.learnt())!
    const { dataset: _, ...before } = { ...long, input: 'unit' } // as files without the field have it
    const [loaded] = await Promise.all([session.load(before as Spec, learnt), session.train()])
    expect(loaded).toBe(true)
    expect(only('reset').at(-1)?.spec).toEqual(long)
    expect(only('test')[0].point.step).toBe(0)
    await until(() => only('progress').at(-1)?.progress.phase === 'running', 'training')
    await session.inspect('testImages', [0])
    expect(only('progress').at(-1)?.progress.phase).toBe('running')
    await session.pause()
  })

  it('that does not fit its spec is refused, and the run stays', async () => {
    const { session, problems, only, progress } = await start()
    await session.reset(spec)
    await session.step()
    const learnt = (await session.learnt())!
    expect(await session.load(spec, { ...learnt, parameters: learnt.parameters.slice(4) })).toBe(false)
    expect(await session.load(spec, { ...learnt, parameters: learnt.parameters.map(() => NaN) })).toBe(false)
    expect(await session.load({ ...spec, epochs: 0 }, learnt)).toBe(false)
    expect(problems()).toEqual([
      expect.stringMatching(/its parameters have \d+ values/),
      expect.stringContaining('hold NaN'),
      expect.stringContaining('epochs'),
    ])
    expect(only('reset')).toHaveLength(1)
    expect(progress()?.step).toBe(1)
  })

  it('knows the statistics of its inputs once the data is loaded', async () => {
    const { session, backends } = await start()
    expect(await session.inspect('pixelStatistics')).toBeUndefined()
    await session.reset(spec)
    expect(await session.inspect('pixelStatistics'), 'inputs as they are').toBeUndefined()
    await session.reset({ ...spec, input: 'standardised', trainingSize: 300 })
    const images = await backends[0].readStore(stores.trainInputs, 0, 300 * PIXELS)
    const mean = Array.from({ length: 300 }, (_, i) => images[i * PIXELS + 400]).reduce((a, b) => a + b) / 300 / 255
    expect((await session.inspect('pixelStatistics'))?.mean[400]).toBeCloseTo(mean, 6)
  })
})
