// The element <inkling-playground>: trains a network in the page that embeds it, and takes drawings against it.

import { mount } from 'svelte'
import { findPreset, presets } from '../model/presets'
import { backendChoices } from '../session/protocol'
import { sizeOf, WidgetElement } from './element'
import PlaygroundWidget from './PlaygroundWidget.svelte'
import { detailOf, type PredictionDetail } from './prediction'
import { Training } from './training.svelte'

const LABEL = 'Train a neural network'
/** What addresses of data start from: the module, or the page where the module is part of that or has no place of its own. */
const here = URL.canParse('./', import.meta.url) ? import.meta.url : document.baseURI

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
    const folder = this.getAttribute('data')
    const known = folder !== null && URL.canParse(folder, document.baseURI)
    const data = known ? new URL(folder, document.baseURI) : new URL('./data/', here)
    const warnings = [
      ...(preset ? [] : [`There is no preset “${name}”; there are ${presets.map(({ name }) => name).join(', ')}.`]),
      ...(backend ? [] : [`There is no backend “${asked}”; there are ${backendChoices.join(', ')}.`]),
      ...(known || folder === null ? [] : [`“${folder}” is no address of a folder with data.`]),
    ]
    this.#training.label = this.getAttribute('label') ?? LABEL
    this.#training.size = sizeOf(this.getAttribute('size'))
    this.#training.warning = warnings.join(' ')
    void this.#training.want({ preset: preset ?? presets[0], backend: backend ?? 'auto', data: data.href })
  }

  protected stop(): void {
    this.#training.close()
  }
}

InklingPlayground.reflect()
