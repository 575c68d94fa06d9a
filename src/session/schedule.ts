// When a run evaluates and when it ends, in steps.

import type { Spec } from '../model/spec'

/** Batches run on through one epoch after another, so an epoch may end inside a batch; it counts as done after it. */
export type Schedule = Pick<Spec, 'batchSize' | 'epochs' | 'evaluateEvery'>

/** Step after which epoch `epoch` (from 1) is done. */
export function epochEnd(epoch: number, { batchSize }: Schedule, trainCount: number): number {
  return Math.ceil((epoch * trainCount) / batchSize)
}

/** Steps in the whole run. */
export function totalSteps(schedule: Schedule, trainCount: number): number {
  return epochEnd(schedule.epochs, schedule, trainCount)
}

/** The next step after `step` at which the test set is due: end of an epoch, multiple of the interval, or end of the run. */
export function nextEvaluation(step: number, schedule: Schedule, trainCount: number): number {
  const { batchSize, evaluateEvery } = schedule
  let epoch = Math.floor((step * batchSize) / trainCount)
  while (epochEnd(epoch, schedule, trainCount) <= step) epoch++
  const interval = evaluateEvery > 0 ? (Math.floor(step / evaluateEvery) + 1) * evaluateEvery : Infinity
  return Math.min(epochEnd(epoch, schedule, trainCount), interval, Math.max(totalSteps(schedule, trainCount), step + 1))
}
