// The loading of data sets onto one device: each once at a time, however many ask for it.

import { SUPERSEDED, type RequestTime } from './requests'

/** A data set that is being loaded. */
interface Load {
  readonly stop: AbortController
  readonly done: Promise<boolean>
  /** Number of the newest request for it. */
  newest: number
  /** It is only for examples to look at, and for no run. */
  glance: boolean
}

export class Loads {
  readonly #loads = new Map<string, Load>()

  /**
   * Joins the loading of a data set, or begins it. One that was stopped first ends, as its stores have the same names. `begin` loads the
   * data set until the signal aborts, and never rejects.
   */
  async join(id: string, moment: RequestTime, glance: boolean, begin: (signal: AbortSignal) => Promise<boolean>) {
    let load = this.#loads.get(id)
    while (load?.stop.signal.aborted) {
      await load.done
      load = this.#loads.get(id)
    }
    if (load) {
      load.newest = Math.max(load.newest, moment.number)
      load.glance &&= glance
      return load.done
    }
    const stop = new AbortController()
    if (moment.signal.aborted) stop.abort(moment.signal.reason)
    const done = begin(stop.signal).finally(() => this.#loads.delete(id))
    this.#loads.set(id, { stop, done, newest: moment.number, glance })
    return done
  }

  /** Stops all. */
  stop(reason?: typeof SUPERSEDED): void {
    for (const { stop } of this.#loads.values()) stop.abort(reason)
  }

  /** A run of this data set is asked for: stops the loading of others that was asked for before. */
  supersede(id: string, { number }: RequestTime): void {
    const same = this.#loads.get(id)
    if (same) same.glance = false
    this.#stopOthers(id, ({ newest }) => newest < number)
  }

  /** Examples of this data set are asked for: stops the loading of others for their examples only. */
  supersedeGlances(id: string): void {
    this.#stopOthers(id, ({ glance }) => glance)
  }

  #stopOthers(id: string, which: (load: Load) => boolean): void {
    for (const [other, load] of this.#loads) if (other !== id && which(load)) load.stop.abort(SUPERSEDED)
  }
}
