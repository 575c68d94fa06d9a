// The state of <inkling-playground> over a worker that does as the test says: a run that diverges, and an element that is taken away.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { presets, presetsFor, type Preset } from '../src/model/presets'
import type { Phase, SessionEvent } from '../src/session/protocol'
import type { Connection } from '../src/widgets/connect'
import { Training, type Wanted } from '../src/widgets/training.svelte'
import { oddFeatures, oddImages } from './odd-sets'

const worker = vi.hoisted(() => ({
  asked: [] as string[],
  /** The command that it never answers. */
  deaf: '',
  tell: undefined as ((event: unknown) => void) | undefined,
}))

vi.mock('../src/widgets/connect', () => ({
  connect() {
    let close = () => {}
    const closed = new Promise<undefined>((resolve) => (close = () => resolve(undefined)))
    const command = (name: string) => (argument: unknown) => {
      worker.asked.push(name)
      if (name === 'listen') worker.tell = argument as (event: unknown) => void
      return name === worker.deaf ? new Promise(() => {}) : Promise.resolve(true)
    }
    const names = ['listen', 'open', 'reset', 'train', 'pause', 'predict']
    const session = Object.fromEntries(names.map((name) => [name, command(name)]))
    return { session: session as unknown as Connection['session'], closed, close }
  },
}))

const progress = (phase: Phase): SessionEvent => ({
  type: 'progress',
  progress: { phase, step: 3, steps: 10, epoch: 0, imagesPerSecond: 0, seconds: 0, secondsLeft: undefined },
})

beforeEach(() => {
  worker.asked = []
  worker.deaf = ''
})

describe('a run that has diverged', () => {
  it('is replaced by a fresh one at Train', async () => {
    const training = new Training(() => {})
    await training.train()
    worker.tell?.(progress('diverged'))
    expect(training.action).toBe('Train')
    worker.asked = []
    await training.train()
    expect(worker.asked).toEqual(['reset', 'train'])
  })

  it('differs from a paused one, which goes on', async () => {
    const training = new Training(() => {})
    await training.train()
    worker.tell?.(progress('paused'))
    worker.asked = []
    await training.train()
    expect(worker.asked).toEqual(['train'])
  })
})

describe('a data set', () => {
  const wanted = (preset: Preset): Wanted => ({ preset, backend: 'auto', data: '' })

  it('that the build does not have is told before Train, and no longer once another is wanted', async () => {
    const training = new Training(() => {})
    expect(training.missing).toBeUndefined()
    await training.want(wanted(presetsFor(oddFeatures)[0]))
    expect(training.missing).toBe('Odd features is not in this build. To get it, run: npm run data -- odd-features')
    expect(training.drawing.dataset).toBe(oddFeatures)
    await training.train()
    worker.tell?.({ type: 'problem', problem: { kind: 'data', message: training.missing } })
    expect(training.problem).toBe(training.missing)
    await training.want(wanted(presets[0]))
    expect([training.problem, training.missing]).toEqual(['', undefined])
  })

  it('that is wanted later is a fresh run of it', async () => {
    const training = new Training(() => {})
    await training.train()
    worker.asked = []
    await training.want(wanted(presetsFor(oddImages)[0]))
    expect(worker.asked).toEqual(['reset'])
    expect(training.drawing.dataset).toBe(oddImages)
  })
})

describe('a call of a removed widget settles', () => {
  it.each(['listen', 'open', 'reset', 'train'])('train(), while the worker is at %s', async (command) => {
    worker.deaf = command
    const training = new Training(() => {})
    const trained = training.train()
    await vi.waitFor(() => expect(worker.asked.at(-1)).toBe(command))
    training.close()
    await trained
    expect(worker.asked.at(-1), 'nothing more is asked').toBe(command)
    expect(training.starting).toBe(false)
  })

  it.each(['pause', 'reset'] as const)('%s()', async (command) => {
    const training = new Training(() => {})
    await training.train()
    worker.deaf = command
    const asked = training[command]()
    training.close()
    await asked
  })
})
