// Chooses among a kernel's variants by timing them on the device, on the buffers of the run. A choice holds as long as the device
// does, and is remembered for the adapter where the browser keeps a database.

import { get, set } from 'idb-keyval'
import type { Workgroups } from '../kernels/kernel'
import { median } from './median'
import { repeatsFor, timeDispatches, type Dispatch } from './webgpu-timer'

/** A call that has several variants to choose from. */
export interface Contest {
  /** Each candidate's dispatch by the name of the variant. */
  readonly candidates: Readonly<Record<string, Dispatch>>
  /** Changes with anything that may change the outcome: the kernel, its constants, the text of its variants. */
  readonly key: string
}

/** Timings of each candidate, of which the median counts. */
const ROUNDS = 3
/** Workgroups of a first short look at a candidate: one that is hopeless here is never run in full. */
const FIRST_LOOK = 64
/** A candidate that may take so many times the time of the best, and longer than so many seconds, is not timed in full. */
const HOPELESS = 4
const HARMLESS = 0.001

/** The choices of one adapter. */
export class Autotune {
  readonly #chosen = new Map<string, string>()
  #remembered: Promise<Readonly<Record<string, string>>> | undefined
  #seconds = 0

  /** `adapter`: the name that choices are remembered under. */
  constructor(
    private readonly device: GPUDevice,
    private readonly adapter: string,
  ) {}

  /** Seconds spent on timing since the device was opened; 0 where everything was remembered. */
  get seconds(): number {
    return this.#seconds
  }

  /** The variant chosen for a key, if one has been. */
  async recall(key: string): Promise<string | undefined> {
    this.#remembered ??= remembered(this.adapter)
    return this.#chosen.get(key) ?? (await this.#remembered)[key]
  }

  /** Times the candidates and keeps the fastest; what they write is overwritten. */
  async decide(contests: readonly Contest[]): Promise<void> {
    if (contests.length === 0) return
    const start = performance.now()
    for (const contest of contests) this.#chosen.set(contest.key, await this.#fastest(contest))
    this.#seconds += (performance.now() - start) / 1000
    const all = { ...(await this.#remembered), ...Object.fromEntries(this.#chosen) }
    if (!('indexedDB' in globalThis)) return
    await set(placeOf(this.adapter), all).catch(() => {}) // a convenience: without a database the next visit times again
  }

  async #fastest({ candidates }: Contest): Promise<string> {
    const names = Object.keys(candidates)
    if (names.length === 1) return names[0]
    const looks = names.map((name) => {
      const dispatch = candidates[name]
      return { dispatch: { ...dispatch, workgroups: few(dispatch.workgroups) }, repeats: 1 }
    })
    // The first run of a pipeline may pay for its making.
    await timeDispatches(this.device, looks)
    const seconds = (await timeDispatches(this.device, looks)).map((look, i) => {
      const { workgroups } = candidates[names[i]]
      return look * (countOf(workgroups) / countOf(few(workgroups)))
    })
    const limit = Math.max(HOPELESS * Math.min(...seconds), HARMLESS)
    const hopeful = names.flatMap((name, i) => (seconds[i] <= limit ? { name, seconds: seconds[i] } : []))
    const timed = hopeful.map(({ name, seconds }) => ({ dispatch: candidates[name], repeats: repeatsFor(seconds) }))
    const rounds: number[][] = []
    for (let i = 0; i < ROUNDS; i++) rounds.push(await timeDispatches(this.device, timed))
    const medians = hopeful.map((_, i) => median(rounds.map((round) => round[i])))
    return hopeful[medians.indexOf(Math.min(...medians))].name
  }
}

const placeOf = (adapter: string) => `kernel variants, ${adapter}`

/** What an earlier visit chose, where there is a database that keeps it. */
async function remembered(adapter: string): Promise<Readonly<Record<string, string>>> {
  if (!('indexedDB' in globalThis)) return {}
  return (await get<Record<string, string>>(placeOf(adapter)).catch(() => undefined)) ?? {}
}

function countOf([x, y = 1, z = 1]: Workgroups): number {
  return x * y * z
}

/** At most about FIRST_LOOK of the workgroups. */
function few([x, y = 1]: Workgroups): Workgroups {
  const columns = Math.min(x, FIRST_LOOK)
  return [columns, Math.min(y, Math.ceil(FIRST_LOOK / columns))]
}
