// The state of <inkling-playground> over a worker that does as the test says: a run that diverges, and an element that is taken away.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Phase, SessionEvent } from '../src/session/protocol'
import type { Connection } from '../src/widgets/connect'
import { Training } from '../src/widgets/training.svelte'

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

  it('other than one that is paused, which goes on', async () => {
    const training = new Training(() => {})
    await training.train()
    worker.tell?.(progress('paused'))
    worker.asked = []
    await training.train()
    expect(worker.asked).toEqual(['train'])
  })
})

describe('what was asked of a widget that is taken away settles', () => {
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
