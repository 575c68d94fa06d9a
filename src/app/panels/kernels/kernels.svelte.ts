// What the Kernels panel shows: the calls of a list, their times, and how two backends agree on a step.

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
  /** Nothing while there is no run. */
  calls = $state.raw<readonly CallFacts[]>()
  /** Seconds of each call, once they were timed. */
  times = $state.raw<readonly (number | undefined)[]>()
  parity = $state.raw<Parity>()
  /** What the worker is busy with for this panel. */
  busy = $state<'timing' | 'checking'>()

  readonly total = $derived((this.times ?? []).reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0))
  /** How far the buffers that each call wrote are apart at most; known of training only. */
  readonly differences = $derived.by((): readonly (number | undefined)[] => {
    const results = (this.list === 'train' && this.parity?.results) || []
    return (this.calls ?? []).map((_, i) => {
      const own = results.filter(({ call }) => call === i)
      return own.length > 0 ? Math.max(...own.map(({ difference }) => difference)) : undefined
    })
  })

  readonly #session: Ask
  /** A run or a list begins a turn, so that an answer about an older one is not shown. */
  readonly #turn = turns()
  #newest = this.#turn()

  constructor(session: Ask) {
    this.#session = session
  }

  /** Another run stands on the device, or none does: what was known is of another one. */
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
