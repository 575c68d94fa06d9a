// A run whose numbers stop being finite: the place that is named against one found by steps one by one, and the way back.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { DeviceMemoryError, type Backend, type DeviceLoss, type Program } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import type { Plan } from '../src/kernels/plan'
import { compile, HISTORY_SLOTS, type Model } from '../src/model/compile'
import { initialContents } from '../src/model/initialise'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import { PIXELS } from './tiny-digits'
import { findPlace } from '../src/session/locate'
import type { Divergence, Place, SessionEvent } from '../src/session/protocol'
import { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import type { Breakdown } from '../src/session/divergence-guard'
import type { Data } from '../src/session/data'
import { Trainer, type Listener } from '../src/session/trainer'
import { fillStores, SIZE } from './tiny-digits'

const data: Data = SIZE

const dense = (units: number, activation: 'relu' | 'linear' | 'gelu' | 'tanh' = 'relu') =>
  ({ type: 'dense', units, activation, initialiser: 'he', bias: 'yes' }) as const
const base: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [dense(12), dense(12), dense(10, 'linear')],
  optimizer: { type: 'sgd', weightDecay: 0 },
  schedule: { type: 'constant' },
  clipNorm: 0,
  learningRate: 1000,
  batchSize: 20,
  epochs: 50,
  evaluateEvery: 7,
}

/** Runs that diverge, each in its own way. */
const runs: Readonly<Record<string, Partial<Spec>>> = {
  'ReLU, a huge rate': { learningRate: 1e20 },
  'ReLU after batch norm': {
    layers: [
      dense(12, 'linear'),
      { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
      { type: 'activation', activation: 'relu' },
      dense(10, 'linear'),
    ],
    learningRate: 1e30,
  },
  Adam: { optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, learningRate: 1e15 },
  'quadratic loss with linear outputs': { loss: 'quadratic', labelSmoothing: 0, learningRate: 30 },
  'linear layers with momentum': {
    layers: [dense(12, 'linear'), dense(10, 'linear')],
    optimizer: { type: 'momentum', momentum: 0.99, weightDecay: 0 },
  },
  'weight decay past its limit': {
    layers: [dense(9, 'tanh'), dense(10, 'linear')],
    optimizer: { type: 'sgd', weightDecay: 0.9 },
  },
  'a convolution, clipped': {
    layers: [
      {
        type: 'conv2d',
        filters: 3,
        kernel: 5,
        stride: 3,
        padding: 'valid',
        activation: 'relu',
        initialiser: 'he',
        bias: 'yes',
      },
      { type: 'flatten' },
      dense(10, 'linear'),
    ],
    optimizer: { type: 'momentum', momentum: 0.999, weightDecay: 0.5 },
    clipNorm: 1000,
    evaluateEvery: 5,
  },
  'GELU, evaluated once an epoch': {
    layers: [dense(12, 'gelu'), dense(10, 'linear')],
    loss: 'quadratic',
    labelSmoothing: 0,
    evaluateEvery: 0,
  },
}

const devices: Readonly<Record<string, () => Promise<Backend>>> = {
  reference: () => Promise.resolve(createReference()),
  WebAssembly: () => createWasm({ threads: 1 }),
}

const isBad = (values: ArrayLike<number>) => Array.from(values).some((value) => !Number.isFinite(value))

/** Step by step from the start, every buffer that the step writes, in the order in which it does. */
async function oracle(backend: Backend, spec: Spec): Promise<Place> {
  const model = compile(spec, data)
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, data)) program.write(buffer, contents)
  program.write(model.buffers.rates, new Float32Array(HISTORY_SLOTS).fill(spec.learningRate))
  for (let step = 1; step < 3000; step++) {
    program.run('train', 1)
    const found = await firstBad(program, model)
    if (found) return { step, ...found }
  }
  throw new Error('This run does not diverge.')
}

/** By the names and places of what is written, where locate.ts goes by the calls' layers. */
async function firstBad(program: Program, model: Model): Promise<Omit<Place, 'step'> | undefined> {
  const { train } = model.plan.lists
  for (const [i, { kernel, buffers, constants }] of train.entries()) {
    for (const [binding, access] of Object.entries(kernel.bindings)) {
      if (access !== 'write f32' && access !== 'read-write f32') continue
      const { name } = buffers[binding]
      const all = await program.read(buffers[binding])
      if (binding === 'gradients') {
        const start = constants['WEIGHTS'] ?? constants['SCALE']
        const layer = model.parameters.find(({ offset, role }) => offset === start && role !== 'running')!
        const bias = model.parameters[model.parameters.indexOf(layer) + 1]
        if (isBad(all.subarray(start, bias.offset + bias.shape[0])))
          return { layer: layerOf(layer.name), what: 'gradient' }
      } else if (isBad(all)) {
        if (/parameters|velocity|first|second/.test(name)) {
          const at = all.findIndex((value) => !Number.isFinite(value))
          const owner = model.parameters.findLast(({ offset, role }) => offset <= at && role !== 'running')!
          return { layer: layerOf(owner.name), what: 'update' }
        }
        if (/loss|history/.test(name)) return { layer: undefined, what: 'loss' }
        if (/clip|sums/.test(name)) return { layer: undefined, what: 'norm' }
        // An input gradient is made by the layer above the one whose values it is about; the name says which made it.
        return {
          layer: layerOf(name),
          what: i < train.findIndex((call) => 'losses' in call.buffers) ? 'output' : 'gradient',
        }
      }
    }
  }
  return undefined
}

const layerOf = (name: string) => Number(/layers\.(\d+)/.exec(name)?.[1])

/** What a run tells of its end. */
function breakdownOf(backend: Backend, spec: Spec): Promise<Breakdown> {
  const nothing = () => {}
  return new Promise((diverged, failed) => {
    const listener: Listener = {
      progress: nothing,
      train: nothing,
      test: nothing,
      validation: nothing,
      diverged,
      failed,
    }
    void Trainer.create(backend, spec, data, listener).then((trainer) => trainer.start())
  })
}

describe.each(Object.keys(devices))('where a run diverges, on %s', (device) => {
  it.each(Object.keys(runs))('%s', async (name) => {
    const spec = { ...base, ...runs[name] }
    const backend = await devices[device]()
    fillStores(backend)
    const expected = await oracle(backend, spec)
    const before = backend.memory()
    const breakdown = await breakdownOf(backend, spec)
    expect(breakdown.step).toBeGreaterThanOrEqual(expected.step)
    expect(breakdown.from.step).toBeLessThan(expected.step)
    const model = compile(spec, data)
    const held = backend.memory()
    const place = await findPlace({ backend, model, data, breakdown }, new AbortController().signal)
    expect(place).toEqual(expected)
    expect(backend.memory()).toEqual(held)
    expect(held).not.toEqual(before)
    const aborted = new AbortController()
    aborted.abort()
    expect(await findPlace({ backend, model, data, breakdown }, aborted.signal)).toBeUndefined()
    backend.dispose()
  })
})

it('an evaluation that is not finite before a step is', async () => {
  const backend = createReference()
  fillStores(backend)
  // The step before the evaluation's own: what it sees at 7 is what step 8 trains on.
  const spec = { ...base, ...runs['a convolution, clipped'], evaluateEvery: 7 }
  expect((await oracle(backend, spec)).step).toBe(8)
  const breakdown = await breakdownOf(backend, spec)
  expect(breakdown).toMatchObject({ step: 7, sign: 'test loss', from: { step: 0 } })
  const place = await findPlace({ backend, model: compile(spec, data), data, breakdown }, new AbortController().signal)
  expect(place).toEqual({ step: 7, layer: 2, what: 'output' })
})

describe('a session whose run diverges', () => {
  let session: LocalSession
  let events: SessionEvent[]
  let backends: Backend[]
  /** Set by a test: plans that a backend refuses, and the loss of the newest one. */
  let refuses: (plan: Plan) => boolean
  let lose: () => void

  beforeEach(async () => {
    events = []
    backends = []
    refuses = () => false
    session = new LocalSession({
      makeSynthetic: () => makeSynthetic(40),
      open: () => {
        const inner = createReference()
        const lost = new Promise<DeviceLoss>((resolve) => (lose = () => resolve({ message: '' })))
        const backend: Backend = {
          ...inner,
          lost,
          prepare: (plan) =>
            refuses(plan) ? Promise.reject(new DeviceMemoryError('too little')) : inner.prepare(plan),
        }
        backends.push(backend)
        return Promise.resolve({ backend, reason: '' })
      },
      load: (_, { stores }) => {
        fillStores(stores as Backend)
        return Promise.resolve(data)
      },
    })
    await session.listen((event) => events.push(event))
    await session.open('reference', '')
  })
  afterEach(() => session.pause())

  const only = <T extends SessionEvent['type']>(type: T) =>
    events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type)
  const told = () => only('problem').map(({ problem }) => problem as Divergence)
  const recoveries = () => only('reset').filter(({ origin }) => origin === 'recovery')
  const phase = () => only('progress').at(-1)?.progress.phase
  async function until(what: () => boolean) {
    for (let i = 0; i < 1000 && !what(); i++) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(what()).toBe(true)
  }
  /** Learns well first, so that there is something to go back to; then the rate goes up. */
  const optimizer = { type: 'sgd', weightDecay: 0.01 } as const // at a rate of 1000 every step makes weights nine times as large
  const learning: Spec = { ...base, optimizer, learningRate: 0.1, evaluateEvery: 50, epochs: 20 }
  async function diverge() {
    await session.reset(learning)
    await session.train()
    await until(() => only('test').length >= 2)
    await session.adjust({ learningRate: 1000, epochs: 20, evaluateEvery: 50 })
    await until(() => phase() === 'diverged' && told().at(-1)?.searching === false)
  }

  it('tells at once, and again with the place; goes on from where it was well as a run of that rate does', async () => {
    await diverge()
    const [first, last] = told()
    expect(told()).toHaveLength(2)
    expect(first).toMatchObject({ kind: 'diverged', searching: true, layer: undefined })
    expect(last.what).toMatch(/^(output|gradient|loss)$/)
    expect(last.step).toBeLessThanOrEqual(first.step)
    expect(last.message).toContain(`step ${last.step.toLocaleString('en')}`)
    if (last.layer !== undefined) expect(last.message).toMatch(/layer( 1 \(Dense 12\)| 2 \(Dense 12\)| \(Dense 10\))/)
    const back = last.snapshotStep
    expect(back % 50 === 0 || back % 51 === 0).toBe(true)
    expect(back).toBeGreaterThan(0)
    expect(last.learningRate).toBe(100)

    // It does not go on by itself, and keeps its curves.
    await session.train()
    await session.step()
    expect(phase()).toBe('diverged')

    expect(await session.recover(0.05)).toBe(true)
    expect(recoveries()).toMatchObject([{ step: back, spec: { learningRate: 0.05 } }])
    await until(() => phase() === 'finished')
    const recovered = await session.learnt()
    expect(told()).toHaveLength(2)
    expect(only('test').at(-1)!.point.accuracy).toBeGreaterThan(0.9)

    // The same network by hand: to the snapshot with the one rate, then on with the other.
    await session.reset(learning)
    while ((only('progress').at(-1)?.progress.step ?? 0) < back) await session.step()
    await session.adjust({ learningRate: 0.05, epochs: 20, evaluateEvery: 50 })
    await session.train()
    await until(() => phase() === 'finished')
    expect(await session.learnt()).toEqual(recovered)
    expect(await session.recover(0.05)).toBe(false)
  })

  it('finds the place also where the rate was changed after the snapshot, and goes back to the start where nothing was learnt', async () => {
    await session.reset({ ...learning, evaluateEvery: 0, learningRate: 0.001 })
    for (let i = 0; i < 5; i++) await session.step()
    await session.adjust({ learningRate: 1000, epochs: 20, evaluateEvery: 0 })
    await session.train()
    await until(() => told().at(-1)?.searching === false)
    const { step, snapshotStep } = told()[1]
    expect(step).toBeGreaterThan(6)
    expect(snapshotStep).toBe(0)
    expect(told()[1].what).not.toBe('network')
  })

  it('can be reset, or moved to another backend, while the place is looked for', async () => {
    for (const leave of [() => session.reset(learning), () => session.open('reference', '')]) {
      await session.reset({ ...learning, learningRate: 1000 })
      await session.train()
      const before = told().length
      await until(() => phase() === 'diverged')
      await leave()
      expect(phase()).toBe('idle')
      const [buffers, later] = [await session.memory(), told().length]
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await session.memory()).toEqual(buffers)
      expect(told()).toHaveLength(later)
      expect(later - before).toBeLessThanOrEqual(2)
    }
    expect(backends).toHaveLength(2)
    // On the new one the run stands where it was last well, and can still take the lower rate.
    expect(await session.recover(0.01)).toBe(true)
    await until(() => phase() === 'running')
  })

  const step = () => only('progress').at(-1)?.progress.step ?? -1

  it('goes back once: whoever asks twice does not throw away what was learnt since', async () => {
    await diverge()
    const back = told()[1].snapshotStep
    expect(await Promise.all([session.recover(0.05), session.recover(0.05)])).toEqual([true, false])
    await until(() => step() > back + 100)
    expect(await session.recover(0.05)).toBe(false)
    expect(recoveries()).toHaveLength(1)
  })

  it('does not go back where another run has taken its place', async () => {
    const other: Spec = { ...learning, seed: 9 } // of the same layout, so that nothing else refuses
    await session.reset(other)
    await session.step()
    const checkpoint = structuredClone((await session.checkpoint())!)
    const learnt = (await session.learnt())!
    for (const replace of [() => session.restore(checkpoint), () => session.load(other, learnt)]) {
      await session.reset({ ...learning, learningRate: 1000 })
      await session.train()
      await until(() => phase() === 'diverged')
      expect(await replace()).toBe(true)
      expect(await session.recover(0.01)).toBe(false)
      expect((await session.learnt())?.parameters).toEqual(learnt.parameters)
    }
  })

  it('can go back where another run could not take its place', async () => {
    await diverge()
    refuses = () => true
    expect(await session.reset({ ...learning, seed: 5 })).toBe(false)
    expect(await session.recover(0.05)).toBe(false)
    refuses = () => false
    expect(await session.recover(0.05)).toBe(true)
    await until(() => phase() === 'running')
  })

  it('is told where although another run could not take its place meanwhile', async () => {
    await session.reset({ ...learning, learningRate: 1000 })
    await session.train()
    await until(() => phase() === 'diverged')
    expect(told().at(-1)?.searching).toBe(true)
    refuses = ({ lists }) => lists.evaluate.length > 0 // that of the search has one list alone
    expect(await session.reset({ ...learning, seed: 5 })).toBe(false)
    const diverged = () => told().filter(({ kind }) => kind === 'diverged')
    await until(() => diverged().at(-1)?.searching === false)
    expect(diverged().at(-1)?.what).not.toBe('network')
  })

  it('gives for a checkpoint what it can go back to', async () => {
    await diverge()
    for (let i = 0; i < 2; i++) {
      const { snapshot, spec } = (await session.checkpoint())!
      expect(snapshot.step).toBe(told()[1].snapshotStep)
      expect(snapshot.buffers.some((values) => isBad(values))).toBe(false)
      expect(spec.learningRate).toBe(1000)
      for (const { buffer } of snapshot.buffers) structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }) // as a worker does
    }
    expect(await session.recover(0.05)).toBe(true)
    await until(() => phase() === 'finished')
    expect(only('test').at(-1)!.point.accuracy).toBeGreaterThan(0.9)
  })

  it('is kept where it was well when the device is lost after that', async () => {
    // Evaluated once more before it shows, when it has learnt nothing any more: that snapshot is finite, and not worth keeping.
    await session.reset({ ...learning, evaluateEvery: 1 })
    await session.train()
    await until(() => only('test').length >= 20)
    await session.adjust({ learningRate: 1000, epochs: 20, evaluateEvery: 1 })
    await until(() => phase() === 'diverged' && told().at(-1)?.searching === false)
    const { snapshotStep } = told().at(-1)!
    expect(only('test').some(({ point }) => point.step > snapshotStep && Number.isFinite(point.loss))).toBe(true)
    lose()
    await until(() => phase() === 'lost')
    expect(told().at(-1)?.message).toContain(`at step ${snapshotStep.toLocaleString('en')}`)
    await session.train()
    expect(only('rewind')).toEqual([{ type: 'rewind', step: snapshotStep }])
    await session.pause()
  })
})
