// The element <inkling-playground>: trains a network in the page that embeds it, and takes drawings against it.

import { mount } from 'svelte'
import { findPreset, presets } from '../model/presets'
import { backendChoices } from '../session/protocol'
import { sizeOf, WidgetElement } from './element'
import PlaygroundWidget from './PlaygroundWidget.svelte'
import { detailOf, type PredictionDetail } from './prediction'
import { Training } from './training.svelte'

const LABEL = 'Train a neural network'
/** Where the data files are unless said otherwise: beside the module. */
const here = import.meta.url

/**
 * Attributes, which are properties too: `preset` (name of a preset), `backend` (auto, webgpu, wasm or reference), `data` (address of the
 * folder with the data files; else `data/` beside the module), `label`, `theme` (`light` or `dark`), `size` (side of the pad in CSS
 * pixels). Events: `epoch` with EpochDetail, `prediction` with PredictionDetail.
 */
export class InklingPlayground extends WidgetElement {
  static override readonly observedAttributes = ['preset', 'backend', 'data', 'label', 'theme', 'size']

  readonly #training = new Training((detail) => this.tell('epoch', detail))

  /** What the network says of the drawing. */
  get prediction(): PredictionDetail {
    return detailOf(this.#training.drawing.prediction, this.#training.wanted.preset.spec)
  }

  /** Accuracy on the test set, from 0 to 1; undefined before it was first measured. */
  get accuracy(): number | undefined {
    return this.#training.tested?.accuracy
  }

  /** Starts, or goes on. The first time it starts a worker and fetches the data set. */
  train(): Promise<void> {
    return this.#training.train()
  }

  pause(): Promise<void> {
    return this.#training.pause()
  }

  /** Back to an untrained network. */
  reset(): Promise<void> {
    return this.#training.reset()
  }

  /** Empties the pad. */
  clear(): void {
    this.#training.drawing.clear()
  }

  protected show(content: HTMLElement) {
    const onprediction = () => this.tell('prediction', this.prediction)
    return mount(PlaygroundWidget, { target: content, props: { training: this.#training, onprediction } })
  }

  protected update(): void {
    const name = this.getAttribute('preset') ?? presets[0].name
    const preset = findPreset(name)
    const asked = this.getAttribute('backend') ?? 'auto'
    const backend = backendChoices.find((known) => known === asked)
    const warnings = [
      ...(preset ? [] : [`There is no preset “${name}”; there are ${presets.map(({ name }) => name).join(', ')}.`]),
      ...(backend ? [] : [`There is no backend “${asked}”; there are ${backendChoices.join(', ')}.`]),
    ]
    this.#training.label = this.getAttribute('label') ?? LABEL
    this.#training.size = sizeOf(this.getAttribute('size'))
    this.#training.warning = warnings.join(' ')
    const data = new URL(this.getAttribute('data') ?? new URL('./data/', here), document.baseURI).href
    void this.#training.want({ preset: preset ?? presets[0], backend: backend ?? 'auto', data })
  }

  protected stop(): void {
    this.#training.close()
  }
}

InklingPlayground.reflect()
