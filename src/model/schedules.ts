// Learning-rate schedules: the rate of every step, computed in float64 and written to the device ahead of its steps.

import { real, whole, type Fields, type Kind, type PartOf, type Values } from './fields'

/** Where a run stands. */
export interface Moment {
  /** Number of the step, from 0. */
  readonly step: number
  /** Steps in the whole run. */
  readonly steps: number
  /** Steps in an epoch, not always a whole number. */
  readonly stepsPerEpoch: number
}

/** A kind of schedule: the factor by which the learning rate is multiplied. */
interface ScheduleType<F extends Fields = Fields> extends Kind<F> {
  factor(schedule: Values<F>, moment: Moment): number
}

function scheduleType<const F extends Fields>(type: ScheduleType<F>): ScheduleType<F> {
  return type
}

/** From `from` to `to` along half a cosine; `share` from 0 to 1. */
const cosine = (from: number, to: number, share: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))

/** One-cycle: the first rate is 1/25 of the highest, the last 1/10,000 of the first (the defaults of PyTorch). */
const FIRST = 1 / 25
const LAST = FIRST / 1e4

export const scheduleTypes = {
  constant: scheduleType({ title: 'Constant', fields: {}, factor: () => 1 }),
  step: scheduleType({
    title: 'Step',
    fields: { every: whole('Every, epochs', 1, 10_000, 5), factor: real('Factor', 0, 1, 0.5, 0.1) },
    // The small number keeps a whole epoch whole if the division gives slightly less.
    factor: ({ every, factor }, { step, stepsPerEpoch }) => factor ** Math.floor(step / stepsPerEpoch / every + 1e-9),
  }),
  /** Linear warm-up, then half a cosine down to zero (Loshchilov & Hutter 2017, eq. 5, without restarts). */
  cosine: scheduleType({
    title: 'Cosine',
    fields: { warmup: real('Warm-up, epochs', 0, 1000, 0, 0.5) },
    factor({ warmup }, { step, steps, stepsPerEpoch }) {
      const rising = Math.min(Math.round(warmup * stepsPerEpoch), steps)
      if (step < rising) return (step + 1) / rising
      return cosine(1, 0, Math.min((step - rising) / Math.max(steps - rising, 1), 1))
    },
  }),
  /** One cycle of the rate (Smith & Topin 2018), along cosines as in PyTorch's OneCycleLR. */
  'one-cycle': scheduleType({
    title: 'One-cycle',
    fields: { warmup: real('Warm-up, share', 0, 1, 0.3, 0.05) },
    factor({ warmup }, { step, steps }) {
      const last = Math.max(steps - 1, 1)
      const top = Math.max(warmup * steps - 1, 0)
      const at = Math.min(step, last)
      return at < top ? cosine(FIRST, 1, at / top) : cosine(1, LAST, (at - top) / Math.max(last - top, 1))
    },
  }),
}

/** A schedule as plain JSON. */
export type Schedule = PartOf<typeof scheduleTypes>

/** Learning rate of a step. */
export function rateAt(learningRate: number, schedule: Schedule, moment: Moment): number {
  const type = scheduleTypes[schedule.type] as unknown as ScheduleType
  return learningRate * type.factor(schedule, moment)
}
