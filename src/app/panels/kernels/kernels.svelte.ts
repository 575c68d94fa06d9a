// State of the Kernels panel: the calls of a list, their times, and how well two backends agree on a step.

import type { CallFacts, RunList, Parity, Session } from '../../../session/protocol'
import { turns } from '../../../ui/newest'

type Ask = Pick<Session, 'inspect'>

/** The lists of a plan as the page names them. */
export const listTitles: readonly (readonly [RunList, string])[] = [
  ['train', 'A training step'],
  ['evaluate', 'An evaluation batch'],
  ['predict', 'A prediction'],
]

export class Kernels {
  list = $state<RunList>('train')
  /** Undefined without a run. */
  calls = $state.raw<readonly CallFacts[]>()
  /** Seconds of each call, once they are timed. */
  times = $state.raw<readonly (number | undefined)[]>()
  parity = $state.raw<Parity>()
  /** The panel's request that the worker is working on. */
  busy = $state<'timing' | 'checking'>()

  readonly total = $derived((this.times ?? []).reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0))
  /** Largest difference in the buffers that each call wrote; known only for training. */
  readonly differences = $derived.by((): readonly (number | undefined)[] => {
    const results = (this.list === 'train' && this.parity?.results) || []
    return (this.calls ?? []).map((_, i) => {
      const own = results.filter(({ call }) => call === i)
      return own.length > 0 ? Math.max(...own.map(({ difference }) => difference)) : undefined
    })
  })

  readonly #session: Ask
  /** Counts changes of run and list, so that no outdated answer is shown. */
  readonly #turn = turns()
  #newest = this.#turn()

  constructor(session: Ask) {
    this.#session = session
  }

  /** Another run is on the device, or none: forgets what was known of the last. */
  async renew(): Promise<void> {
    this.parity = undefined
    await this.#load()
  }

  async choose(list: RunList): Promise<void> {
    this.list = list
    await this.#load()
  }

  time(): Promise<void> {
    return this.#work('timing', async (current) => {
      const times = await this.#session.inspect('timeCalls', this.list)
      if (current()) this.times = times
    })
  }

  check(): Promise<void> {
    return this.#work('checking', async (current) => {
      const parity = await this.#session.inspect('parity')
      if (current()) this.parity = parity
    })
  }

  async #load(): Promise<void> {
    const newest = (this.#newest = this.#turn())
    this.times = undefined
    const calls = await this.#session.inspect('calls', this.list)
    if (newest()) this.calls = calls
  }

  async #work(what: 'timing' | 'checking', work: (current: () => boolean) => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = what
    try {
      await work(this.#newest)
    } finally {
      this.busy = undefined
    }
  }
}
