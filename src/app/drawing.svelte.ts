// The drawing: strokes, the 28 x 28 picture made of them, and what the network says of it.

import { rasterise, type Point, type Stroke } from '../data/drawing'
import type { Prediction } from '../session/protocol'
import { factAbout } from './facts'

export class Drawing {
  /** Strokes in units of the pad: 0 to 1 in both directions, y down. */
  strokes = $state.raw<readonly Stroke[]>([])
  /** What the network says; nothing for an empty pad, and where it has no answer. */
  prediction = $state.raw<Prediction>()
  /** The network was asked about what is on the pad and had no answer. */
  silent = $state(false)
  /** About the predicted digit; another one each time the digit changes. */
  fact = $state('')

  /** What the network sees; nothing for an empty pad. */
  readonly image = $derived(this.strokes.length > 0 ? rasterise(this.strokes) : undefined)

  #penDown = false
  #asking = false
  #askAgain = false
  #turn = 0

  readonly #predict: (image: Uint8Array) => Promise<Prediction | undefined>

  constructor(predict: (image: Uint8Array) => Promise<Prediction | undefined>) {
    this.#predict = predict
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

  undo(): void {
    this.#penDown = false
    this.#change(this.strokes.slice(0, -1))
  }

  clear(): void {
    this.#penDown = false
    this.#change([])
  }

  /** Puts other strokes on the pad, in its units. */
  show(strokes: readonly Stroke[]): void {
    this.#penDown = false
    this.#change(strokes)
  }

  /** Asks again, because the network has changed. */
  refresh(): void {
    void this.#ask()
  }

  #change(strokes: readonly Stroke[]): void {
    this.strokes = strokes
    if (strokes.length > 0) void this.#ask()
    else {
      this.#show(undefined)
      this.silent = false
    }
  }

  /** One question at a time; what changes meanwhile is asked once more, with the newest picture. */
  async #ask(): Promise<void> {
    this.#askAgain = true
    if (this.#asking) return
    this.#asking = true
    while (this.#askAgain && this.image) {
      this.#askAgain = false
      const prediction = await this.#predict(this.image).catch(() => undefined)
      if (this.image) this.#show(prediction) // else the pad is empty by now
    }
    this.#asking = false
  }

  #show(prediction: Prediction | undefined): void {
    if (prediction && prediction.digit !== this.prediction?.digit) this.fact = factAbout(prediction.digit, this.#turn++)
    this.prediction = prediction
    this.silent = !prediction
  }
}
