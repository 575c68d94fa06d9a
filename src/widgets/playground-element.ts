// The element <inkling-playground>: trains a network in the page that embeds it, and reads drawings with it.

import { mount } from 'svelte'
import { allDatasets, findDataset, mnist } from '../datasets'
import { findPreset, presetsFor } from '../model/presets'
import { backendChoices } from '../session/protocol'
import { sizeOf, WidgetElement } from './element'
import PlaygroundWidget from './PlaygroundWidget.svelte'
import { detailOf, type PredictionDetail } from './prediction'
import { Training } from './training.svelte'

const LABEL = 'Train a neural network'
/** Base of the data's address: the module's address, or the page's if the module has none of its own. */
const here = URL.canParse('./', import.meta.url) ? import.meta.url : document.baseURI

/**
 * Attributes, which are properties too: `dataset` (id of a data set; else MNIST), `preset` (name of one of its presets), `backend` (auto,
 * webgpu, wasm or reference), `data` (address of the folder with the data files; else `data/` beside the module), `label`, `theme`
 * (`light` or `dark`), `size` (side of the pad in CSS pixels). Events: `epoch` with EpochDetail, `prediction` with PredictionDetail.
 */
export class InklingPlayground extends WidgetElement {
  static override readonly observedAttributes = ['dataset', 'preset', 'backend', 'data', 'label', 'theme', 'size']

  readonly #training = new Training((detail) => this.tell('epoch', detail))

  /** The network's answer for the drawing. */
  get prediction(): PredictionDetail {
    return detailOf(this.#training.drawing.prediction, this.#training.wanted.preset.spec)
  }

  /** Accuracy on the test set, from 0 to 1; undefined before the first evaluation. */
  get accuracy(): number | undefined {
    return this.#training.tested?.accuracy
  }

  /** Starts or resumes training. The first call starts a worker and fetches the data set. */
  train(): Promise<void> {
    return this.#training.train()
  }

  pause(): Promise<void> {
    return this.#training.pause()
  }

  /** Replaces the network by an untrained one. */
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
    const id = this.getAttribute('dataset') ?? mnist.id
    const dataset = findDataset(id)
    const presets = presetsFor(dataset ?? mnist)
    const name = this.getAttribute('preset') ?? presets[0].name
    const preset = findPreset(name, dataset)
    const asked = this.getAttribute('backend') ?? 'auto'
    const backend = backendChoices.find((known) => known === asked)
    const folder = this.getAttribute('data')
    const known = folder !== null && URL.canParse(folder, document.baseURI)
    const data = known ? new URL(folder, document.baseURI) : new URL('./data/', here)
    const warnings = [
      ...(dataset
        ? []
        : [
            `There is no data set “${id}”; there are ${allDatasets()
              .map(({ id }) => id)
              .join(', ')}.`,
          ]),
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
