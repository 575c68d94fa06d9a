// Measures how long and how fast a run trains.

/** Milliseconds over which the present speed is measured. */
const WINDOW_MS = 1000

/** How long a run has trained, and how fast. */
export class Speed {
  /** Seconds and steps up to the last stop or restore. */
  #before = 0
  #steps = 0
  #since: number | undefined
  #recent: { readonly at: number; readonly steps: number }[] = []

  /** Seconds spent training, pauses left out. */
  get seconds(): number {
    return this.#before + (this.#since === undefined ? 0 : (performance.now() - this.#since) / 1000)
  }

  /** Restores the seconds trained at a snapshot. */
  restore(steps: number, seconds: number): void {
    this.#steps = steps
    this.#before = seconds
  }

  start(): void {
    this.#since = performance.now()
    this.#recent = [{ at: this.#since, steps: 0 }]
  }

  stop(): void {
    this.#before = this.seconds
    this.#since = undefined
  }

  /** Steps done by a time (performance.now()). */
  add(at: number, steps: number): void {
    this.#steps += steps
    this.#recent.push({ at, steps })
    while (this.#recent.length > 2 && at - this.#recent[1].at > WINDOW_MS) this.#recent.shift()
  }

  /** Over the last second while training, else over the whole run; 0 before the first result. */
  get stepsPerSecond(): number {
    if (this.#since === undefined) return this.seconds > 0 ? this.#steps / this.seconds : 0
    const [first, ...rest] = this.#recent
    const last = rest.at(-1)
    if (!last || last.at <= first.at) return 0
    return (rest.reduce((sum, { steps }) => sum + steps, 0) / (last.at - first.at)) * 1000
  }
}
