// Why the network sees what it sees: the picture after each step of its preparation, and the network's answer to each.

import { PEN_WIDTH, type Steps } from '../../data/drawing'
import type { Example } from '../../model/examples'
import type { Prediction } from '../../session/protocol'
import type { Ask, Drawing } from './drawing.svelte'
import { newestWins } from '../../ui/newest'

/** A step, in words: what it does, and why. */
export interface StepText {
  readonly step: keyof Steps
  readonly title: string
  readonly words: string
}

/** In the order in which they are done. */
export const stepTexts: readonly StepText[] = [
  {
    step: 'fit',
    title: 'Fit to box',
    words:
      'Scaled until it just fits 20 × 20 pixels, in the middle, because every digit it learns from fills such a box.',
  },
  {
    step: 'pen',
    title: 'Pen width',
    words: `Drawn with a pen ${PEN_WIDTH} pixels wide, as theirs are on average, so that a small drawing does not end up bold.`,
  },
  {
    step: 'centre',
    title: 'Centre of mass',
    words: 'Moved until the ink balances in the centre, because every digit it learns from does.',
  },
]

/** A stage of the drawing on its way to the network. */
export interface Stage {
  readonly image: Example | undefined
  readonly prediction: Prediction | undefined
}

export class Preparation {
  /** Whether the stages are shown; if not, no picture is made and no question asked. */
  open = $state(false)
  /** As drawn, then after each step. A step that is left out changes nothing. The last stage is the network's input. */
  readonly stages = $derived.by((): readonly Stage[] => {
    const { example: image, prediction } = this.#drawing
    return [...this.#images.map((image, i) => ({ image, prediction: this.#predictions[i] })), { image, prediction }]
  })

  /** Pictures of all stages but the last, which is the drawing's picture. */
  readonly #images = $derived.by(() => {
    const { steps } = this.#drawing
    return stepTexts.map((_, stage) => {
      const done = (step: keyof Steps) => steps[step] && stepTexts.slice(0, stage).some((text) => text.step === step)
      const image = () => this.#drawing.imageAfter({ fit: done('fit'), pen: done('pen'), centre: done('centre') })
      return this.open ? image() : undefined
    })
  })
  #predictions = $state.raw<readonly (Prediction | undefined)[]>(stepTexts.map(() => undefined))

  readonly #drawing: Drawing
  readonly #predict: Ask

  constructor(drawing: Drawing, predict: Ask) {
    this.#drawing = drawing
    this.#predict = predict
  }

  /** Asks about every stage if they are shown. Call it when the drawing or the network has changed. */
  readonly refresh = newestWins(async () => {
    for (const stage of this.#images.keys()) {
      const image = this.#images[stage]
      const prediction = image && (await this.#predict(image).catch(() => undefined))
      this.#predictions = this.#predictions.with(stage, this.#images[stage] && prediction)
    }
  })
}
