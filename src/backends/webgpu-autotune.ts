// Makes the pipelines of a run, of each kernel the variant that is fastest on this device. Where there are several candidates
// they are timed once, on the buffers of the run. A choice holds as long as the device does, and is remembered for the adapter
// where the browser keeps a database.

import { get, set } from 'idb-keyval'
import type { Kernel } from '../kernels/kernel'
import type { Call } from '../kernels/plan'
import { median } from './median'
import { specialise, type Pipelines, type Prepared } from './webgpu-pipelines'
import { repeatsFor, timeDispatches, type Dispatch } from './webgpu-timer'

/** Timings of each candidate, of which the median counts. */
const ROUNDS = 3
/** How coarse a reading may be, in seconds: browsers round timestamps to 0.1 ms. */
const TICK = 1e-4
/** A candidate that takes so many times as long as the best, as far as one reading tells, is timed no more. */
const HOPELESS = 4

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
    const open = distinct.filter(
      ({ key, names }) => names.length > 1 && !this.#chosen.has(key) && !names.includes(known[key]),
    )
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
    const nameOf = ({ key, names }: Choice) =>
      this.#chosen.get(key) ?? (names.includes(known[key]) ? known[key] : names[0])
    const timedNow = open.some(({ key }) => this.#chosen.has(key))
    // A plan without products, such as that of a batch to look at, leaves what is told of the run's own.
    this.#summary = summarise(distinct, nameOf, timedNow ? seconds : undefined) || this.#summary
    return Promise.all(
      choices.map((choice) =>
        // What was remembered may make no pipeline after a change of driver or browser: then the first candidate runs.
        this.pipelines.get(choice.call, nameOf(choice)).catch(() => this.pipelines.get(choice.call, choice.names[0])),
      ),
    )
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
    const once = candidates.map(({ dispatch }) => ({ dispatch, repeats: 1 }))
    await timeDispatches(this.device, once) // the first run of a pipeline may pay for its making
    const readings = await timeDispatches(this.device, once)
    const limit = HOPELESS * (Math.min(...readings) + TICK)
    const hopeful = candidates
      .map(({ name, dispatch }, i) => ({ name, dispatch, reading: readings[i] }))
      .filter(({ reading }) => reading - TICK <= limit)
    const timed = hopeful.map(({ dispatch, reading }) => ({ dispatch, repeats: repeatsFor(reading + TICK) }))
    const rounds: number[][] = []
    for (let i = 0; i < ROUNDS; i++) rounds.push(await timeDispatches(this.device, timed))
    const medians = hopeful.map((_, i) => median(rounds.map((round) => round[i])))
    return hopeful[medians.indexOf(Math.min(...medians))].name
  }
}

/** Changes with whatever may change which candidate is the fastest: the kernel, its constants, the text of its variants. */
function keyOf({ kernel, constants }: Call, names: readonly string[]): string {
  const text = names.map((name) => `${name}\n${specialise(kernel, kernel.variants[name], constants)}`).join('\n')
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

/** What an earlier visit chose, where there is a database that keeps it. Some browsers throw at the very mention of one. */
async function remembered(adapter: string): Promise<Readonly<Record<string, string>>> {
  try {
    return (await get<Record<string, string>>(placeOf(adapter))) ?? {}
  } catch {
    return {}
  }
}

/** A convenience: without a database the next visit times again. */
async function remember(adapter: string, chosen: Readonly<Record<string, string>>): Promise<void> {
  try {
    await set(placeOf(adapter), chosen)
  } catch {
    // Nothing is lost but time.
  }
}
