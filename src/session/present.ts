// A run at its present step, for inspectors.

import type { Backend } from '../backends/types'
import { HISTORY_SLOTS } from '../model/compile'
import { initialContents } from '../model/initialise'
import { readSnapshotValues, snapshotContents, type Contents } from './contents'
import type { Trainer } from './trainer'

/** The run, and what it runs on. */
export interface Present {
  readonly backend: Backend
  readonly trainer: Trainer
}

/** Contents of the buffers of a copy of the run's program before its next step, and the number of that step, from 1. @throws DeviceLostError */
export async function contentsOf({ trainer }: Present): Promise<{ contents: Contents; step: number }> {
  const { model, program } = trainer
  const kept = await readSnapshotValues(program, model)
  const state = kept[model.snapshot.indexOf(model.buffers.state)]
  const rates = new Float32Array(HISTORY_SLOTS)
  const slot = state[0] % HISTORY_SLOTS
  rates.set(trainer.rates(state[0], HISTORY_SLOTS - slot), slot)
  const contents: Contents = [
    ...initialContents(model, trainer.data.statistics),
    ...snapshotContents(model, kept),
    [model.buffers.rates, rates],
  ]
  return { contents, step: state[0] + 1 }
}
