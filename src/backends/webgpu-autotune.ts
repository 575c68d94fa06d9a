// Makes the pipelines of a run, of each kernel the variant that is fastest on this device. Where there are several candidates
// they are timed once, on the buffers of the run. A choice holds as long as the device does, and is remembered for the adapter
// where the browser keeps a database.

import { get, set } from 'idb-keyval'
import type { Kernel, Workgroups } from '../kernels/kernel'
import type { Call } from '../kernels/plan'
import { median } from './median'
import { specialise, type Pipelines, type Prepared } from './webgpu-pipelines'
import { repeatsFor, timeDispatches, type Dispatch } from './webgpu-timer'

/** Timings of each candidate, of which the median counts. */
const ROUNDS = 3
/** Workgroups of a first short look at a candidate: one that is hopeless here is never run in full. */
const FIRST_LOOK = 64
/** A candidate that may take so many times the time of the best, and longer than so many seconds, is not timed in full. */
const HOPELESS = 4
const HARMLESS = 0.001

/** A choice among the variants of a call. Calls of one key share it. */
interface Choice {
  readonly call: Call
  readonly key: string
  /** Names of the variants that may be chosen, at least one. */
  readonly names: readonly string[]
}

/** The choices on one device. */
export class Autotune {
  readonly #chosen = new Map<string, string>()
  #remembered: Promise<Readonly<Record<string, string>>> | undefined
  #summary = ''

  /** `adapter`: the name that choices are remembered under; `candidates`: names of the variants that may be chosen. */
  constructor(
    private readonly device: GPUDevice,
    private readonly pipelines: Pipelines,
    private readonly adapter: string,
    private readonly candidates: readonly string[],
  ) {}

  /** What runs since the last `prepare`, for example `timed on this device in 0.2 s: 5 tiles, 1 split`. */
  get summary(): string {
    return this.#summary
  }

  /**
   * The pipeline of every call. `bind` gives it the buffers that it is timed on; `timed` is called when they have been written to.
   * @throws KernelError
   */
  async prepare(
    calls: readonly Call[],
    bind: (call: Call, prepared: Prepared) => Dispatch,
    timed: () => void,
  ): Promise<Prepared[]> {
    this.#remembered ??= remembered(this.adapter)
    const known = await this.#remembered
    const choices = calls.map((call) => this.#choiceOf(call))
    const distinct = [...new Map(choices.map((choice) => [choice.key, choice])).values()]
    const open = distinct.filter(({ key, names }) => names.length > 1 && !this.#chosen.has(key) && !(key in known))
    const contests = await Promise.all(open.map((choice) => this.#candidates(choice, bind)))
    const start = performance.now()
    for (const [i, candidates] of contests.entries()) {
      // Timing fails where the device goes away, which the next read tells.
      const fastest = await this.#fastest(candidates).catch(() => undefined)
      if (fastest !== undefined) this.#chosen.set(open[i].key, fastest)
    }
    const seconds = (performance.now() - start) / 1000
    if (open.length > 0) {
      timed()
      await remember(this.adapter, { ...known, ...Object.fromEntries(this.#chosen) })
    }
    const nameOf = ({ key, names }: Choice) => this.#chosen.get(key) ?? known[key] ?? names[0]
    this.#summary = summarise(distinct, nameOf, open.length > 0 ? seconds : undefined)
    return Promise.all(choices.map((choice) => this.pipelines.get(choice.call, nameOf(choice))))
  }

  #choiceOf(call: Call): Choice {
    const { variants } = call.kernel
    const runnable = Object.keys(variants).filter(
      (name) => !variants[name].subgroups || this.device.features.has('subgroups'),
    )
    const wanted = runnable.filter((name) => this.candidates.includes(name))
    const names = wanted.length > 0 ? wanted : [runnable[0]]
    return { call, names, key: keyOf(call, names) }
  }

  /** A dispatch of each candidate. One that cannot be made on this device is none; if none can, making the first says why. */
  async #candidates({ call, names }: Choice, bind: (call: Call, prepared: Prepared) => Dispatch) {
    const made = await Promise.allSettled(names.map((name) => this.pipelines.get(call, name)))
    const prepared = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (prepared.length === 0) prepared.push(await this.pipelines.get(call, names[0]))
    return prepared.map((one) => ({ name: one.variant, dispatch: bind(call, one) }))
  }

  async #fastest(candidates: readonly { readonly name: string; readonly dispatch: Dispatch }[]): Promise<string> {
    const looks = candidates.map(({ dispatch }) => {
      return { dispatch: { ...dispatch, workgroups: few(dispatch.workgroups) }, repeats: 1 }
    })
    await timeDispatches(this.device, looks) // the first run of a pipeline may pay for its making
    const seconds = (await timeDispatches(this.device, looks)).map((look, i) => {
      const { workgroups } = candidates[i].dispatch
      return look * (countOf(workgroups) / countOf(few(workgroups)))
    })
    const limit = Math.max(HOPELESS * Math.min(...seconds), HARMLESS)
    const hopeful = candidates.flatMap((one, i) => (seconds[i] <= limit ? [{ ...one, seconds: seconds[i] }] : []))
    const timed = hopeful.map(({ dispatch, seconds }) => ({ dispatch, repeats: repeatsFor(seconds) }))
    const rounds: number[][] = []
    for (let i = 0; i < ROUNDS; i++) rounds.push(await timeDispatches(this.device, timed))
    const medians = hopeful.map((_, i) => median(rounds.map((round) => round[i])))
    return hopeful[medians.indexOf(Math.min(...medians))].name
  }
}

/** Changes with whatever may change which candidate is the fastest: the kernel, its constants, the text of its variants. */
function keyOf({ kernel, constants }: Call, names: readonly string[]): string {
  const text = names.map((name) => specialise(kernel, kernel.variants[name], constants)).join('\n')
  let hash = 0x811c9dc5 // FNV-1a
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return `${kernel.name} ${(hash >>> 0).toString(16)}`
}

/** In words how many of each variant were chosen, and how. */
function summarise(
  choices: readonly Choice[],
  nameOf: (choice: Choice) => string,
  seconds: number | undefined,
): string {
  const several = ({ variants }: Kernel) => Object.keys(variants).length > 1
  const names = choices.filter(({ call }) => several(call.kernel)).map(nameOf)
  const counted = [...new Set(names)].map((name) => `${names.filter((other) => other === name).length} ${name}`)
  const how =
    seconds !== undefined
      ? `timed on this device in ${seconds.toFixed(1)} s: `
      : choices.some(({ names }) => names.length > 1)
        ? 'timed on this device before: '
        : ''
  return counted.length > 0 ? how + counted.join(', ') : ''
}

const placeOf = (adapter: string) => `kernel variants, ${adapter}`

/** What an earlier visit chose, where there is a database that keeps it. */
async function remembered(adapter: string): Promise<Readonly<Record<string, string>>> {
  if (!('indexedDB' in globalThis)) return {}
  return (await get<Record<string, string>>(placeOf(adapter)).catch(() => undefined)) ?? {}
}

/** A convenience: without a database the next visit times again. */
async function remember(adapter: string, chosen: Readonly<Record<string, string>>): Promise<void> {
  if ('indexedDB' in globalThis) await set(placeOf(adapter), chosen).catch(() => {})
}

function countOf([x, y = 1, z = 1]: Workgroups): number {
  return x * y * z
}

/** At most about FIRST_LOOK of the workgroups. */
function few([x, y = 1]: Workgroups): Workgroups {
  const columns = Math.min(x, FIRST_LOOK)
  return [columns, Math.min(y, Math.ceil(FIRST_LOOK / columns))]
}
