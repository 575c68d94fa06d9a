// Makes the pipelines of a run, with the variant of each kernel that is fastest on this device. If there are several candidates,
// they are timed once, on the buffers of the run. A choice holds as long as the device, and the browser's database remembers it for
// the adapter.

import type { Kernel } from '../kernels/kernel'
import type { Call } from '../kernels/plan'
import { specialise, type Pipelines, type Prepared } from './webgpu-pipelines'
import { worthTiming } from './candidates'
import { digest, remember, remembered } from './remembered'
import { clockOf, fastestOf, timestamps, type Timed } from './webgpu-contest'
import { idleTrips, timeAll, type Dispatch } from './webgpu-timer'

/** Where a device has no clock: seconds that waits are apart at least, and at most for timing to tell anything; and to spend on it. */
const [LEAST_SPREAD, MOST_SPREAD, PATIENCE] = [1e-3, 2.5e-3, 1]

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

/** Binds a pipeline to the buffers for timing. Rejects where there is no memory for it. */
type Bind = (call: Call, prepared: Prepared) => Promise<Dispatch>

/** The choices on one device. */
export class Autotune {
  readonly #chosen = new Map<string, string>()
  /** Of earlier visits. */
  #remembered: Promise<Readonly<Record<string, string>> | undefined> | undefined
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
  async prepare(calls: readonly Tunable[], bind: Bind, timed: () => void): Promise<Prepared[]> {
    this.#remembered ??= remembered(placeOf(this.adapter))
    const known = (await this.#remembered) ?? {}
    const choices = calls.map(({ call }) => this.#choiceOf(call))
    const timedChoices = choices.filter((_, i) => calls[i].timed)
    const distinct = [...new Map(timedChoices.map((choice) => [choice.key, choice])).values()]
    const open = distinct.filter(
      ({ key, names }) => names.length > 1 && !this.#chosen.has(key) && !names.includes(known[key]),
    )
    const contests = await Promise.all(open.map((choice) => this.#candidates(choice, bind)))
    const start = performance.now()
    const fastest = await this.#fastest(contests.map((candidates) => candidates.map(({ dispatch }) => dispatch)))
    fastest.forEach((winner, i) => {
      const name = winner === undefined ? undefined : contests[i].at(winner)?.name
      if (name !== undefined) this.#chosen.set(open[i].key, name)
    })
    const seconds = (performance.now() - start) / 1000
    if (open.length > 0) {
      timed()
      await remember(placeOf(this.adapter), { ...known, ...Object.fromEntries(this.#chosen) })
    }
    /** The variant that was found to be fastest, now or before. */
    const found = ({ key, names }: Choice) => {
      return this.#chosen.get(key) ?? (names.includes(known[key]) ? known[key] : undefined)
    }
    const nameOf = (choice: Choice) => found(choice) ?? choice.names[0]
    const how = open.some(found)
      ? `timed on this device in ${seconds.toFixed(1)} s: `
      : distinct.some((choice) => choice.names.length > 1 && found(choice))
        ? 'timed on this device before: '
        : ''
    // A plan that runs once, such as a look, leaves the description of the run's choices.
    const counts = countsOf(distinct, nameOf)
    if (counts) this.#summary = how + counts
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
    const names = worthTiming(call, runnable, this.candidates)
    return { call, names, key: keyOf(call, names) }
  }

  /** A dispatch of each candidate that this device can run and has the memory for. */
  async #candidates({ call, names }: Choice, bind: Bind) {
    const made = await Promise.allSettled(
      names.map(async (name) => ({ name, dispatch: await bind(call, await this.pipelines.get(call, name)) })),
    )
    return made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  }

  /** The number of the fastest dispatch of each contest; undefined where it could not be told. */
  async #fastest(contests: readonly (readonly Dispatch[])[]): Promise<(number | undefined)[]> {
    if (contests.flat().length === 0) return []
    const time = (timed: readonly Timed<Dispatch>[]) => timeAll(this.device, timed)
    try {
      if (this.device.features.has('timestamp-query')) return await fastestOf(contests, time, timestamps)
      const { middle, spread } = await idleTrips(this.device)
      if (spread > MOST_SPREAD) return []
      const less = async (timed: readonly Timed<Dispatch>[]) =>
        (await time(timed)).map((seconds) => Math.max(0, seconds - middle))
      return await fastestOf(contests, less, clockOf(Math.max(LEAST_SPREAD, spread), PATIENCE))
    } catch {
      // The device was lost, which the next read reports. Timed again, it might be lost again: the shortest loops are taken from now on.
      return contests.map(() => 0)
    }
  }
}

/** Changes with everything that may change the fastest candidate: the kernel, its constants, the source of its variants. */
function keyOf({ kernel, constants }: Call, names: readonly string[]): string {
  const text = names.map((name) => `${name}\n${specialise(kernel, kernel.variants[name], constants)}`).join('\n')
  return `${kernel.name} ${digest(text)}`
}

/** The number of choices of each variant, in words. */
function countsOf(choices: readonly Choice[], nameOf: (choice: Choice) => string): string {
  const several = ({ variants }: Kernel) => Object.keys(variants).length > 1
  const names = choices.filter(({ call }) => several(call.kernel)).map(nameOf)
  return [...new Set(names)].map((name) => `${names.filter((other) => other === name).length} ${name}`).join(', ')
}

const placeOf = (adapter: string) => `kernel variants ${VERSION}, ${adapter}`
