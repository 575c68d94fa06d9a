// What the network reads now: the picture made of strokes on the pad, or an example that lies there, and what it says of that.

import { ALL_STEPS, PEN_WIDTH, rasterise, type Point, type Sheet, type Steps, type Stroke } from '../../data/drawing'
import type { Dataset } from '../../datasets/dataset'
import type { Example } from '../../model/examples'
import type { Prediction } from '../../session/protocol'
import { newestWins } from '../../ui/newest'

/** The drawing pad, from 0 to 1 in both directions, y down, and how wide the pen draws there. */
export const PAD: Sheet = { size: 1, pen: 0.055 }

/** An example that lies on the pad, or in its place, as it is: one of the test set. */
export interface LaidExample {
  readonly example: Example
  /** Its true class, where that is known. */
  readonly label?: number
  /** What it is, in a few words. */
  readonly name: string
  /** Its place in the test set, from 0, where it is of that. */
  readonly number?: number
}

/** What the network has to say of an example; nothing where it has no answer. */
export type Ask = (example: Example) => Promise<Prediction | undefined>

export class Drawing {
  /** Whose network reads; changed by `enter`. */
  dataset: Dataset
  /** Strokes in units of the pad. */
  strokes = $state.raw<readonly Stroke[]>([])
  /** Lies there in place of strokes, until someone draws. */
  laid = $state.raw<LaidExample>()
  /** What is done to strokes to make the picture. */
  steps = $state.raw<Steps>(ALL_STEPS)
  /** What the network says; nothing for an empty pad, and where it has no answer. */
  prediction = $state.raw<Prediction>()
  /** The network was asked about what is on the pad and had no answer. */
  silent = $state(false)
  /** About the predicted digit, where classes are digits; another one each time it changes. */
  fact = $state('')

  /** What the network sees; nothing for an empty pad. */
  readonly example = $derived.by(() => {
    if (this.laid) return this.laid.example
    return this.dataset.abilities.draw ? this.imageAfter(this.steps) : undefined
  })
  readonly empty = $derived(this.example === undefined)

  #penDown = false
  #turn = 0
  /** Strokes that a picture lies on. */
  #beneath: readonly Stroke[] = []

  readonly #predict: Ask
  /** Asks about the newest picture. */
  readonly #ask = newestWins(async () => {
    const { dataset, example } = this
    if (!example) return
    const prediction = await this.#predict(example).catch(() => undefined)
    if (this.example && this.dataset === dataset) this.#show(prediction) // else the pad is empty by now
  })

  constructor(predict: Ask, dataset: Dataset) {
    this.#predict = predict
    this.dataset = $state.raw(dataset)
  }

  /** A network of that data set reads from now on: an example of another goes, and strokes wait for a set that can be drawn. */
  enter(dataset: Dataset): void {
    if (dataset === this.dataset) return
    this.#penDown = false
    if (this.laid) this.strokes = this.#beneath
    this.laid = undefined
    this.dataset = dataset
    this.#show(undefined)
    this.silent = false
  }

  /** Puts the pen down. */
  begin(point: Point): void {
    this.#penDown = true
    this.#change([...this.strokes, [point]])
  }

  /** Moves the pen through points. Nothing once its stroke is undone or cleared, until it is put down again. */
  extend(points: readonly Point[]): void {
    const last = this.strokes.at(-1)
    if (last && this.#penDown && points.length > 0) this.#change([...this.strokes.slice(0, -1), [...last, ...points]])
  }

  /** Takes the last stroke back; an example is taken away from the strokes beneath it. */
  undo(): void {
    this.#penDown = false
    this.#change(this.laid ? this.#beneath : this.strokes.slice(0, -1))
  }

  clear(): void {
    this.#penDown = false
    this.#change([])
  }

  /** Makes the picture by other steps from now on. */
  prepare(steps: Steps): void {
    this.steps = steps
    void this.#ask()
  }

  /** Puts other strokes on the pad, in its units. */
  show(strokes: readonly Stroke[]): void {
    this.#penDown = false
    this.#change(strokes)
  }

  /** Puts an example on the pad, over the strokes that are there: `undo` brings them back. */
  lay(example: LaidExample): void {
    this.#penDown = false
    if (!this.laid) this.#beneath = this.strokes
    this.strokes = []
    this.laid = example
    void this.#ask()
  }

  /** Asks again, because the network has changed. */
  refresh(): void {
    void this.#ask()
  }

  /** The picture that some of the steps make; nothing for an empty pad. */
  imageAfter(steps: Steps): Uint8Array | undefined {
    return this.strokes.length > 0 ? rasterise(this.strokes, PEN_WIDTH, { steps, sheet: PAD }) : undefined
  }

  #change(strokes: readonly Stroke[]): void {
    this.strokes = strokes
    this.laid = undefined
    if (strokes.length > 0) void this.#ask()
    else {
      this.#show(undefined)
      this.silent = false
    }
  }

  /** The facts are loaded when there is the first thing to tell. */
  async #tellFact(label: number): Promise<void> {
    const turn = this.#turn++
    const { factAbout } = await import('./facts')
    if (label === this.prediction?.label) this.fact = factAbout(label, turn)
  }

  #show(prediction: Prediction | undefined): void {
    const { draw } = this.dataset.abilities
    if (draw && prediction && prediction.label !== this.prediction?.label) void this.#tellFact(prediction.label)
    this.prediction = prediction
    this.silent = !prediction
  }
}
