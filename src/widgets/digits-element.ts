// The element <inkling-digits>: draw a digit, and a trained network reads it.

import { mount } from 'svelte'
import { datasetOf } from '../datasets'
import type { Stroke } from '../data/drawing'
import type { Spec } from '../model/spec'
import type { Example } from '../model/examples'
import { Digits } from './digits.svelte'
import DigitsWidget from './DigitsWidget.svelte'
import { sizeOf, WidgetElement } from './element'
import { detailOf, NO_PREDICTION, type PredictionDetail } from './prediction'

/** Answer of `predict`: the outputs by class, and the number and the name of the class with the largest. */
export interface DigitsAnswer {
  readonly digit: number
  readonly name: string
  readonly outputs: readonly number[]
}

/**
 * Attributes, which are properties too: `network` (address of a network as safetensors; else the included one), `label`, `theme`
 * (`light` or `dark`), `size` (side of the pad in CSS pixels). Events: `prediction` with PredictionDetail; `load` with `{ spec }` when
 * a network is ready; `error` with `{ message }` when one cannot be loaded, which the widget shows too.
 */
export class InklingDigits extends WidgetElement {
  static override readonly observedAttributes = ['network', 'label', 'theme', 'size']
  /** Base64 of the network to use if the attribute `network` is absent. */
  static included: string | undefined

  readonly #digits = new Digits(InklingDigits.included)

  /** The network's answer for the drawing. */
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

  /** The network's spec: layers and training; undefined before it is loaded. */
  get spec(): Spec | undefined {
    return this.#digits.spec
  }

  clear(): void {
    this.#digits.drawing.clear()
  }

  undo(): void {
    this.#digits.drawing.undo()
  }

  /** An example of the network's data set in place of a drawing: bytes of an image (of MNIST: 0 paper, 255 ink), or 32-bit values of features. */
  get example(): Example | undefined {
    return this.#digits.drawing.example
  }

  set example(example: Example) {
    this.#digits.show(example)
  }

  /** Reads an example of the form of the property `example`; the pad stays as it is. Undefined before the network is loaded. */
  async predict(example: Example): Promise<DigitsAnswer | undefined> {
    const said = await this.#digits.predict(example)
    const { spec } = this.#digits
    return said && spec && { digit: said.label, name: datasetOf(spec).classes[said.label], outputs: said.outputs }
  }

  protected show(content: HTMLElement) {
    const onprediction = () => this.tell('prediction', this.prediction)
    return mount(DigitsWidget, { target: content, props: { digits: this.#digits, onprediction } })
  }

  protected update(): void {
    this.#digits.label = this.getAttribute('label') ?? undefined
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
