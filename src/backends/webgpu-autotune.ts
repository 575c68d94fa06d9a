// Makes the pipelines of a run, with the variant of each kernel that is fastest on this device. If there are several candidates,
// they are timed once, on the buffers of the run. A choice holds as long as the device, and the browser's database remembers it for
// the adapter.

import { get, set } from 'idb-keyval'
import type { Kernel } from '../kernels/kernel'
import type { Call } from '../kernels/plan'
import { specialise, type Pipelines, type Prepared } from './webgpu-pipelines'
import { median, repeatsFor, timeDispatches, type Dispatch } from './webgpu-timer'

/** Timings of each candidate; the median counts. */
const ROUNDS = 3
/** Resolution of a reading, in seconds: browsers round timestamps to 0.1 ms. */
const TICK = 1e-4
/** A candidate whose first reading is so many times the best is not timed again. */
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

  /** `adapter`: the name that choices are stored under; `candidates`: names of the variants to choose from. */
  constructor(
    private readonly device: GPUDevice,
    private readonly pipelines: Pipelines,
    private readonly adapter: string,
    private readonly candidates: readonly string[],
  ) {}

  /** The choices since the last `prepare`, for example `timed on this device in 0.2 s: 5 tiles, 1 split`. */
  get summary(): string {
    return this.#summary
  }

  /**
   * The pipeline of every call. `bind` binds it to the buffers for timing; `timed` is called after they were written to.
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
      // Timing fails when the device is lost, which the next read reports.
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
    // A plan without products, such as that of a sample batch, leaves the description of the run's choices.
    this.#summary = summarise(distinct, nameOf, timedNow ? seconds : undefined) || this.#summary
    return Promise.all(
      choices.map((choice) =>
        // After a change of driver or browser a stored choice may make no pipeline: then the first candidate runs.
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

  /** A dispatch of each candidate that this device can run. If there is none, making the first throws the reason. */
  async #candidates({ call, names }: Choice, bind: (call: Call, prepared: Prepared) => Dispatch) {
    const made = await Promise.allSettled(names.map((name) => this.pipelines.get(call, name)))
    const prepared = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (prepared.length === 0) prepared.push(await this.pipelines.get(call, names[0]))
    return prepared.map((one) => ({ name: one.variant, dispatch: bind(call, one) }))
  }

  async #fastest(candidates: readonly { readonly name: string; readonly dispatch: Dispatch }[]): Promise<string> {
    const once = candidates.map(({ dispatch }) => ({ dispatch, repeats: 1 }))
    await timeDispatches(this.device, once) // the first run of a pipeline may include its compilation
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

/** Changes with everything that may change the fastest candidate: the kernel, its constants, the source of its variants. */
function keyOf({ kernel, constants }: Call, names: readonly string[]): string {
  const text = names.map((name) => `${name}\n${specialise(kernel, kernel.variants[name], constants)}`).join('\n')
  let hash = 0x811c9dc5 // FNV-1a
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return `${kernel.name} ${(hash >>> 0).toString(16)}`
}

/** The number of choices of each variant, and how they were made, in words. */
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

/** The choices of earlier visits, if a database holds them. Some browsers throw on access to it. */
async function remembered(adapter: string): Promise<Readonly<Record<string, string>>> {
  try {
    return (await get<Record<string, string>>(placeOf(adapter))) ?? {}
  } catch {
    return {}
  }
}

/** Without a database the next visit times again. */
async function remember(adapter: string, chosen: Readonly<Record<string, string>>): Promise<void> {
  try {
    await set(placeOf(adapter), chosen)
  } catch {
    // Only time is lost.
  }
}
