// What opening files makes of them.

import { expect, test } from 'vitest'
import { Undo } from '../src/app/run/undo.svelte'
import { Opener } from '../src/app/saved/opener.svelte'
import { Replacement } from '../src/app/saved/replacement'
import { findDataset, mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import type { Network } from '../src/formats/network'
import { presetsFor } from '../src/model/presets'
import { noRun } from '../src/session/run-view'

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

/** An opener that takes notes. */
function opener(dataset: Dataset, loads = true) {
  const loaded: string[] = []
  const undo = new Undo()
  const run = { phase: 'paused', view: noRun, dataFailed: !loads } as const
  const checkpoints = {
    take: () => Promise.resolve(undefined),
    restore: () => Promise.resolve(loads),
    load: ({ spec }: Network) => Promise.resolve(loads && loaded.push(spec.dataset) > 0),
  }
  const session = { train: () => Promise.resolve(), pause: () => Promise.resolve() }
  const opener = new Opener({
    taught: { import: () => Promise.resolve(), refused: undefined },
    run,
    draft: { spec: presetsFor(dataset)[0].spec },
    checkpoints,
    replacement: new Replacement({ run, session, checkpoints, undo }),
  })
  return { opener, undo, loaded }
}

test.each([mnist, findDataset('fashion-mnist')!])(
  'a Keras model is of the chosen data set: $title',
  async (dataset) => {
    const { opener: of, undo, loaded } = opener(dataset)
    await of.open(keras())
    expect(of.refused).toBeUndefined()
    expect(loaded).toEqual([dataset.id])
    expect(undo.change?.text).toBe(`Opened model.json and weights.bin: Your own: 784-10 on ${dataset.title}.`)
  },
)

test('a network whose data did not arrive is refused by that notice alone', async () => {
  const { opener: of, undo } = opener(mnist, false)
  await of.open(keras())
  expect([of.refused, undo.change, of.busy]).toEqual([undefined, undefined, false])
})
