// What the network reads: the picture of the strokes on the pad, or an example in their place; and what it answers.

import { ALL_STEPS, PEN_WIDTH, rasterise, type Point, type Sheet, type Steps, type Stroke } from '../../data/drawing'
import { readsDigits, type Dataset } from '../../datasets/dataset'
import type { Example } from '../../model/examples'
import type { NeuronPlace } from '../../model/neuron'
import type { Prediction } from '../../session/protocol'
import { newestWins } from '../../ui/newest'

/** The pad, from 0 to 1 in both directions, y down, and the width of its pen. */
export const PAD: Sheet = { size: 1, pen: 0.055 }

/** An example on the pad, or in its place: one of the test set. */
export interface LaidExample {
  readonly example: Example
  /** Its true class, if known. */
  readonly label?: number
  /** What it is, in a few words. */
  readonly name: string
  /** Its number in the test set, from 0, if it is from there. */
  readonly number?: number
}

/** The pad before a change. */
interface Past {
  readonly strokes: readonly Stroke[]
  readonly laid: LaidExample | undefined
  /** Whether a stroke came, or all of the pad changed. */
  readonly change: 'stroke' | 'pad'
}

/** Asks the network about an example; undefined if it has no answer. */
export type Ask = (example: Example) => Promise<Prediction | undefined>

export class Drawing {
  /** The data set of the network that reads; changed by `enter`. */
  dataset: Dataset
  /** Strokes in units of the pad. */
  strokes = $state.raw<readonly Stroke[]>([])
  /** Shown in place of strokes, until someone draws. */
  laid = $state.raw<LaidExample>()
  /** The steps that turn strokes into the picture. */
  steps = $state.raw<Steps>(ALL_STEPS)
  /** The network's answer; undefined for an empty pad and without an answer. */
  prediction = $state.raw<Prediction>()
  /** The network was asked about the present example and had no answer. */
  silent = $state(false)
  /** Times that the network was asked again because it had changed. */
  renewals = $state(0)
  /** The neuron in focus in the network's picture. */
  neuron = $state.raw<NeuronPlace>()
  /** A fact about the predicted digit, if classes are digits; a new one each time the prediction changes. */
  fact = $state('')

  /** The network's input; undefined for an empty pad. */
  readonly example = $derived.by(() => {
    if (this.laid) return this.laid.example
    return this.dataset.abilities.draw ? this.imageAfter(this.steps) : undefined
  })
  readonly empty = $derived(this.example === undefined)

  /** What was on the pad before each change, the newest last. */
  #past = $state.raw<readonly Past[]>([])
  /** What `undo` takes back; nothing where there is nothing to take back. */
  readonly undoes = $derived(this.#past.at(-1)?.change)

  #penDown = false
  #turn = 0

  readonly #predict: Ask
  /** Requests for the newest picture's answer. */
  readonly #ask = newestWins(async () => {
    const { dataset, example } = this
    if (!example) return
    const prediction = await this.#predict(example).catch(() => undefined)
    if (this.example && this.dataset === dataset) this.#show(prediction) // else the pad has been cleared
  })

  constructor(predict: Ask, dataset: Dataset) {
    this.#predict = predict
    this.dataset = $state.raw(dataset)
  }

  /** Changes the data set of the network that reads. An example of another set goes; strokes wait for a set that can be drawn. */
  enter(dataset: Dataset): void {
    if (dataset === this.dataset) return
    this.#penDown = false
    if (this.laid) this.strokes = this.#past.findLast(({ laid }) => !laid)?.strokes ?? []
    this.#past = []
    this.laid = undefined
    this.dataset = dataset
    this.#show(undefined)
    this.silent = false
  }

  /** Puts the pen down. */
  begin(point: Point): void {
    this.#keep('stroke')
    this.#penDown = true
    this.#change([...this.strokes, [point]])
  }

  /** Moves the pen through points. Does nothing after its stroke was undone or cleared, until the pen is put down again. */
  extend(points: readonly Point[]): void {
    const last = this.strokes.at(-1)
    if (last && this.#penDown && points.length > 0) this.#change([...this.strokes.slice(0, -1), [...last, ...points]])
  }

  /** Takes the last change back: a stroke, an example, or a cleared pad. */
  undo(): void {
    this.#penDown = false
    const last = this.#past.at(-1)
    if (!last) return
    this.#past = this.#past.slice(0, -1)
    this.#change(last.strokes, last.laid)
  }

  clear(): void {
    if (!this.empty) this.#keep('pad')
    this.#penDown = false
    this.#change([])
  }

  /** Makes the picture with other steps from now on. */
  prepare(steps: Steps): void {
    this.steps = steps
    void this.#ask()
  }

  /** Replaces the strokes, in units of the pad. */
  show(strokes: readonly Stroke[]): void {
    this.#keep('pad')
    this.#penDown = false
    this.#change(strokes)
  }

  /** Puts an example over the strokes; `undo` brings them back. */
  lay(example: LaidExample): void {
    this.#keep('pad')
    this.#penDown = false
    this.#change([], example)
  }

  /** The same, in place of the example that is there, if there is one: a place that a pointer moves through. */
  put(example: LaidExample): void {
    if (!this.laid) this.#keep('pad')
    this.#change([], example)
  }

  /** Asks again, because the network has changed. */
  refresh(): void {
    this.renewals++
    void this.#ask()
  }

  /** The picture after some of the steps; undefined for an empty pad. */
  imageAfter(steps: Steps): Uint8Array | undefined {
    return this.strokes.length > 0 ? rasterise(this.strokes, PEN_WIDTH, { steps, sheet: PAD }) : undefined
  }

  #keep(change: Past['change']): void {
    const { strokes, laid } = this
    this.#past = [...this.#past, { strokes, laid, change }]
  }

  #change(strokes: readonly Stroke[], laid?: LaidExample): void {
    this.strokes = strokes
    this.laid = laid
    if (laid || strokes.length > 0) void this.#ask()
    else {
      this.#show(undefined)
      this.silent = false
    }
  }

  /** Facts are loaded when the first one is needed. */
  async #tellFact(label: number): Promise<void> {
    const turn = this.#turn++
    const { factAbout } = await import('./facts')
    if (label === this.prediction?.label) this.fact = factAbout(label, turn)
  }

  #show(prediction: Prediction | undefined): void {
    if (readsDigits(this.dataset) && prediction && prediction.label !== this.prediction?.label)
      void this.#tellFact(prediction.label)
    this.prediction = prediction
    this.silent = !prediction
  }
}
