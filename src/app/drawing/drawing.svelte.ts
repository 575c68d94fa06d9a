// The drawing: strokes, the 28 x 28 picture made of them or one that was written elsewhere, and what the network says of it.

import { ALL_STEPS, PEN_WIDTH, rasterise, type Point, type Sheet, type Steps, type Stroke } from '../../data/drawing'
import type { Prediction } from '../../session/protocol'
import { newestWins } from '../../ui/newest'

/** The drawing pad, from 0 to 1 in both directions, y down, and how wide the pen draws there. */
export const PAD: Sheet = { size: 1, pen: 0.055 }

/** A picture that lies on the pad as it is: an image of the test set. */
export interface Picture {
  /** 784 bytes, 0 paper, 255 ink. */
  readonly pixels: Uint8Array
  /** What it is, in a few words. */
  readonly name: string
  /** Its place in the test set, from 0, where it is of that. */
  readonly number?: number
}

/** What the network has to say of a picture of 784 bytes; nothing where it has no answer. */
export type Ask = (image: Uint8Array) => Promise<Prediction | undefined>

export class Drawing {
  /** Strokes in units of the pad. */
  strokes = $state.raw<readonly Stroke[]>([])
  /** Lies on the pad in place of strokes, until someone draws. */
  picture = $state.raw<Picture>()
  /** What is done to strokes to make the picture. */
  steps = $state.raw<Steps>(ALL_STEPS)
  /** What the network says; nothing for an empty pad, and where it has no answer. */
  prediction = $state.raw<Prediction>()
  /** The network was asked about what is on the pad and had no answer. */
  silent = $state(false)
  /** About the predicted digit; another one each time the digit changes. */
  fact = $state('')

  readonly empty = $derived(this.strokes.length === 0 && !this.picture)
  /** What the network sees; nothing for an empty pad. */
  readonly image = $derived(this.picture?.pixels ?? this.imageAfter(this.steps))

  #penDown = false
  #turn = 0
  /** Strokes that a picture lies on. */
  #beneath: readonly Stroke[] = []

  readonly #predict: Ask
  /** Asks about the newest picture. */
  readonly #ask = newestWins(async () => {
    if (!this.image) return
    const prediction = await this.#predict(this.image).catch(() => undefined)
    if (this.image) this.#show(prediction) // else the pad is empty by now
  })

  constructor(predict: Ask) {
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

  /** Takes the last stroke back; a picture is taken away from the strokes beneath it. */
  undo(): void {
    this.#penDown = false
    this.#change(this.picture ? this.#beneath : this.strokes.slice(0, -1))
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

  /** Puts a picture on the pad, over the strokes that are there: `undo` brings them back. */
  lay(picture: Picture): void {
    this.#penDown = false
    if (!this.picture) this.#beneath = this.strokes
    this.strokes = []
    this.picture = picture
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
    this.picture = undefined
    if (strokes.length > 0) void this.#ask()
    else {
      this.#show(undefined)
      this.silent = false
    }
  }

  /** The facts are loaded when there is the first thing to tell. */
  async #tellFact(digit: number): Promise<void> {
    const turn = this.#turn++
    const { factAbout } = await import('./facts')
    if (digit === this.prediction?.digit) this.fact = factAbout(digit, turn)
  }

  #show(prediction: Prediction | undefined): void {
    if (prediction && prediction.digit !== this.prediction?.digit) void this.#tellFact(prediction.digit)
    this.prediction = prediction
    this.silent = !prediction
  }
}
