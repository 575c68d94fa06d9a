// Requests for data in their order: a failure or a stop concerns all before it, and a newer choice of a data set supersedes older ones.

/** Reason of an abort that needs no report: a newer request supersedes, or the device goes. */
export const SUPERSEDED = Symbol('superseded')

/** What a signal stopped was superseded. */
export const isSuperseded = ({ reason }: AbortSignal): boolean => reason === SUPERSEDED

/** The moment of a request. */
export interface RequestTime {
  /** Aborts when everything asked for until then is to stop. */
  readonly signal: AbortSignal
  /** Number of the request, from 1; Infinity if no choice of a data set supersedes it. */
  readonly number: number
}

export class Requests {
  #stop = new AbortController()
  #count = 0
  /** The newest choice of a data set. */
  #choice = { number: 0, dataset: '' }
  /** By data set: number of the last request that its newest failure answers. */
  readonly #failures = new Map<string, number>()

  /** Requests so far. */
  get count(): number {
    return this.#count
  }

  /** The moment of a new request. */
  next(): RequestTime {
    return { signal: this.#stop.signal, number: ++this.#count }
  }

  /** The same for a choice of a data set: earlier requests load no other one any more. */
  choose(dataset: string): RequestTime {
    const moment = this.next()
    this.#choice = { number: moment.number, dataset }
    return moment
  }

  /** Stops everything asked for so far. */
  stopAll(reason?: typeof SUPERSEDED): void {
    this.#stop.abort(reason)
    this.#stop = new AbortController()
  }

  /** Records a failure, which answers all requests for the data set so far. */
  fail(dataset: string): void {
    this.#failures.set(dataset, this.#count)
  }

  /** A request loads the data set no more: it was superseded, or answered by a failure, which was reported. */
  isOver({ signal, number }: RequestTime, dataset: string): boolean {
    const { number: chosen, dataset: other } = this.#choice
    const superseded = isSuperseded(signal) || (number < chosen && dataset !== other)
    return superseded || number <= (this.#failures.get(dataset) ?? 0)
  }
}
