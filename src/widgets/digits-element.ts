// The element <inkling-digits>: draw a digit, and a trained network reads it.

import { mount } from 'svelte'
import type { Stroke } from '../data/drawing'
import type { Spec } from '../model/spec'
import type { Outputs } from '../model/verdict'
import { Digits } from './digits.svelte'
import DigitsWidget from './DigitsWidget.svelte'
import { sizeOf, WidgetElement } from './element'
import { detailOf, NO_PREDICTION, type PredictionDetail } from './prediction'

const LABEL = 'Draw a digit'

/**
 * Attributes, which are properties too: `network` (address of a network as safetensors; else the included one), `label`, `theme`
 * (`light` or `dark`), `size` (side of the pad in CSS pixels). Events: `prediction` with PredictionDetail; `load` with `{ spec }` when
 * a network is ready; `error` with `{ message }` when one cannot be had, which the widget shows too.
 */
export class InklingDigits extends WidgetElement {
  static override readonly observedAttributes = ['network', 'label', 'theme', 'size']
  /** Base64 of the network to use where the attribute `network` names none. */
  static included: string | undefined

  readonly #digits = new Digits(InklingDigits.included)

  /** What the network says of the drawing. */
  get prediction(): PredictionDetail {
    const { spec, drawing } = this.#digits
    return spec ? detailOf(drawing.prediction, spec) : NO_PREDICTION
  }

  /** The drawing, in units of the pad from (0, 0) to (1, 1). */
  get strokes(): readonly Stroke[] {
    return this.#digits.drawing.strokes
  }

  set strokes(strokes: readonly Stroke[]) {
    this.#digits.drawing.show(strokes)
  }

  /** The network's layers and how it was trained; undefined before it is loaded. */
  get spec(): Spec | undefined {
    return this.#digits.spec
  }

  clear(): void {
    this.#digits.drawing.clear()
  }

  undo(): void {
    this.#digits.drawing.undo()
  }

  /** Reads an image of 28 x 28 bytes (0 paper, 255 ink), whatever is on the pad; undefined before the network is loaded. */
  predict(image: Uint8Array): Promise<Outputs | undefined> {
    return this.#digits.predict(image)
  }

  protected show(content: HTMLElement) {
    const onprediction = () => this.tell('prediction', this.prediction)
    return mount(DigitsWidget, { target: content, props: { digits: this.#digits, onprediction } })
  }

  protected update(): void {
    this.#digits.label = this.getAttribute('label') ?? LABEL
    this.#digits.size = sizeOf(this.getAttribute('size'))
    this.#digits.load(this.getAttribute('network')).then(
      (loaded) => loaded && this.tellHere('load', { spec: this.#digits.spec }),
      () => this.tellHere('error', { message: this.#digits.problem }),
    )
  }

  protected stop(): void {
    this.#digits.stop()
  }
}

InklingDigits.reflect()
