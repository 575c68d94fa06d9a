// A run as it stands, for those who look at it from beside.

import type { Backend, Program } from '../backends/types'
import type { Buffer } from '../kernels/plan'
import { HISTORY_SLOTS } from '../model/compile'
import { initialContents } from '../model/initialise'
import type { Data, Trainer } from './trainer'

/** The run, what it runs on, and the data set there. */
export interface Present {
  readonly backend: Backend
  readonly data: Data
  readonly trainer: Trainer
}

export type Contents = readonly (readonly [Buffer, Float32Array | Uint32Array])[]

/** What the buffers of a program like the run's must hold to go on with its next step, and the number of that step from 1. @throws DeviceLostError */
export async function contentsOf({ trainer, data }: Present): Promise<{ contents: Contents; step: number }> {
  const { model, program } = trainer
  // All reads begin in one task, so that they see one moment of the run.
  const kept = await Promise.all(model.snapshot.map((buffer) => program.read(buffer)))
  const state = kept[model.snapshot.indexOf(model.buffers.state)]
  const rates = new Float32Array(HISTORY_SLOTS)
  const slot = state[0] % HISTORY_SLOTS
  rates.set(trainer.rates(state[0], HISTORY_SLOTS - slot), slot)
  const contents: Contents = [
    ...initialContents(model, data),
    ...model.snapshot.map((buffer, i) => [buffer, kept[i]] as const),
    [model.buffers.rates, rates],
  ]
  return { contents, step: state[0] + 1 }
}

/** Puts contents into a program of the same plan. */
export function fill(program: Program, contents: Contents): void {
  for (const [buffer, values] of contents) program.write(buffer, values)
}
