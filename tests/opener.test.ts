// What opening files makes of them.

import { expect, test } from 'vitest'
import { Opener, type OpenerParts } from '../src/app/saved/opener.svelte'
import { findDataset, mnist } from '../src/datasets'
import { presetsFor } from '../src/model/presets'

/** A Keras model of one dense layer, all weights zero. */
function keras(): File[] {
  const dense = { name: 'd', units: 10, activation: 'softmax', use_bias: true, batch_input_shape: [null, 784] }
  const model = {
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 's', layers: [{ class_name: 'Dense', config: dense }] },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'd/kernel', shape: [784, 10], dtype: 'float32' },
          { name: 'd/bias', shape: [10], dtype: 'float32' },
        ],
      },
    ],
  }
  return [new File([JSON.stringify(model)], 'model.json'), new File([new Uint8Array(4 * 7850)], 'weights.bin')]
}

test.each([mnist, findDataset('fashion-mnist')!])(
  'a Keras model is of the chosen data set: $title',
  async (dataset) => {
    const loaded: string[] = []
    const parts: OpenerParts = {
      taught: { import: () => Promise.resolve(), refused: undefined },
      run: { phase: 'paused' },
      draft: { spec: presetsFor(dataset)[0].spec },
      session: { train: () => Promise.resolve(), pause: () => Promise.resolve() },
      checkpoints: {
        take: () => Promise.resolve(undefined),
        restore: () => Promise.resolve(true),
        load: ({ spec }) => Promise.resolve(loaded.push(spec.dataset) > 0),
      },
    }
    const opener = new Opener(parts)
    await opener.open(keras())
    expect(opener.refused).toBeUndefined()
    expect(loaded).toEqual([dataset.id])
    expect(opener.told?.text).toBe(`Opened model.json and weights.bin: 784-10 on ${dataset.title}.`)
  },
)
