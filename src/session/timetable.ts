// The schedule of a run in steps: when it evaluates, when it ends, and its learning rates.

import { rateAt } from '../model/schedules'
import type { Spec } from '../model/spec'

/** Batches run on from one epoch into the next, so an epoch may end inside a batch; it is done after that batch. */
export type Timetable = Pick<Spec, 'batchSize' | 'epochs' | 'evaluateEvery'>

/** Step after which epoch `epoch` (from 1) is done. */
export function epochEnd(epoch: number, { batchSize }: Timetable, trainCount: number): number {
  return Math.ceil((epoch * trainCount) / batchSize)
}

/** Steps in the whole run. */
export function totalSteps(timetable: Timetable, trainCount: number): number {
  return epochEnd(timetable.epochs, timetable, trainCount)
}

/** Parts of a long first epoch after which the test set is due, too: a slow network tells early how it does. */
const EARLY = [1 / 8, 1 / 4, 1 / 2]
/** Steps of a first epoch that is long. */
const LONG = 256

/**
 * The next step after `step` at which the test set is due: end of an epoch, multiple of the interval, or end of the run. Without an
 * interval, a long first epoch has a few early ones.
 */
export function nextEvaluation(step: number, timetable: Timetable, trainCount: number): number {
  const { batchSize, evaluateEvery } = timetable
  let epoch = Math.floor((step * batchSize) / trainCount)
  while (epochEnd(epoch, timetable, trainCount) <= step) epoch++
  const interval = evaluateEvery > 0 ? (Math.floor(step / evaluateEvery) + 1) * evaluateEvery : Infinity
  const first = epochEnd(1, timetable, trainCount)
  const early = evaluateEvery === 0 && first >= LONG ? EARLY.map((part) => Math.ceil(part * first)) : []
  return Math.min(
    epochEnd(epoch, timetable, trainCount),
    interval,
    ...early.filter((at) => at > step),
    Math.max(totalSteps(timetable, trainCount), step + 1),
  )
}

/** Learning rates of `count` steps from step `from` on, in a run of `steps` steps. */
export function ratesOf(spec: Spec, trainCount: number, steps: number, from: number, count: number): Float32Array {
  const { learningRate, schedule, batchSize } = spec
  const stepsPerEpoch = trainCount / batchSize
  return Float32Array.from({ length: count }, (_, i) =>
    rateAt(learningRate, schedule, { step: from + i, steps, stepsPerEpoch }),
  )
}
