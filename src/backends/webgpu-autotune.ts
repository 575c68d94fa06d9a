// Makes the pipelines of a run, with the variant of each kernel that is fastest on this device. If there are several candidates,
// they are timed once, on the buffers of the run. A choice holds as long as the device, and the browser's database remembers it for
// the adapter.

import { get, set } from 'idb-keyval'
import type { Kernel } from '../kernels/kernel'
import type { Call } from '../kernels/plan'
import { specialise, type Pipelines, type Prepared } from './webgpu-pipelines'
import { wantedVariants, worthTiming } from './candidates'
import { fastestOf, timestamps, waits } from './webgpu-contest'
import { idleTrip, timeAll, type Dispatch, type Timed } from './webgpu-timer'

/** Of what is remembered: changes with the way of timing. */
const VERSION = 2

/** A choice among the variants of a call. Calls of one key share it. */
interface Choice {
  readonly call: Call
  readonly key: string
  /** Names of the variants that may be chosen, at least one, and the one with the shortest loops first. */
  readonly names: readonly string[]
}

/** A call, and whether its variants are worth timing. */
export interface Tunable {
  readonly call: Call
  readonly timed: boolean
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
    calls: readonly Tunable[],
    bind: (call: Call, prepared: Prepared) => Dispatch,
    timed: () => void,
  ): Promise<Prepared[]> {
    this.#remembered ??= remembered(this.adapter)
    const known = await this.#remembered
    const choices = calls.map(({ call }) => this.#choiceOf(call))
    const timedChoices = choices.filter((_, i) => calls[i].timed)
    const distinct = [...new Map(timedChoices.map((choice) => [choice.key, choice])).values()]
    const open = distinct.filter(
      ({ key, names }) => names.length > 1 && !this.#chosen.has(key) && !names.includes(known[key]),
    )
    const contests = await Promise.all(open.map((choice) => this.#candidates(choice, bind)))
    const start = performance.now()
    // Timing fails when the device is lost, which the next read reports.
    const fastest = await this.#fastest(contests.map((candidates) => candidates.map(({ dispatch }) => dispatch))).catch(
      () => [],
    )
    fastest.forEach((winner, i) => this.#chosen.set(open[i].key, contests[i][winner].name))
    const seconds = (performance.now() - start) / 1000
    if (open.length > 0) {
      timed()
      await remember(this.adapter, { ...known, ...Object.fromEntries(this.#chosen) })
    }
    const nameOf = ({ key, names }: Choice) =>
      this.#chosen.get(key) ?? (names.includes(known[key]) ? known[key] : names[0])
    const timedNow = open.some(({ key }) => this.#chosen.has(key))
    // A plan that runs once, such as a look, leaves the description of the run's choices.
    this.#summary = summarise(distinct, nameOf, timedNow ? seconds : undefined) || this.#summary
    return Promise.all(
      choices.map((choice) => this.#first(choice.call, [...new Set([nameOf(choice), ...choice.names])])),
    )
  }

  /** The pipeline of the first variant that makes one: after a change of driver or browser a remembered one may not. */
  async #first(call: Call, [name, ...others]: readonly string[]): Promise<Prepared> {
    if (others.length === 0) return this.pipelines.get(call, name)
    return this.pipelines.get(call, name).catch(() => this.#first(call, others))
  }

  #choiceOf(call: Call): Choice {
    const { variants } = call.kernel
    const runnable = Object.keys(variants).filter(
      (name) => !variants[name].subgroups || this.device.features.has('subgroups'),
    )
    const names = worthTiming(call, wantedVariants(call, runnable, this.candidates))
    return { call, names, key: keyOf(call, names) }
  }

  /** A dispatch of each candidate that this device can run. If there is none, making the first throws the reason. */
  async #candidates({ call, names }: Choice, bind: (call: Call, prepared: Prepared) => Dispatch) {
    const made = await Promise.allSettled(names.map((name) => this.pipelines.get(call, name)))
    const prepared = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (prepared.length === 0) prepared.push(await this.pipelines.get(call, names[0]))
    return prepared.map((one) => ({ name: one.variant, dispatch: bind(call, one) }))
  }

  /** The number of the fastest dispatch of each contest. */
  async #fastest(contests: readonly (readonly Dispatch[])[]): Promise<number[]> {
    if (contests.length === 0) return []
    const time = (timed: readonly Timed[]) => timeAll(this.device, timed)
    if (this.device.features.has('timestamp-query')) return fastestOf(contests, time, timestamps)
    const idle = await idleTrip(this.device)
    return fastestOf(
      contests,
      async (timed) => (await time(timed)).map((seconds) => Math.max(0, seconds - idle)),
      waits,
    )
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

const placeOf = (adapter: string) => `kernel variants ${VERSION}, ${adapter}`

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
