// A run that goes nowhere: what shows it, and the learning rate that would be usual.

import { datasetOf } from '../../datasets'
import type { OptimizerKind } from '../../model/optimizers'
import { presetsFor } from '../../model/presets'
import { rateAt } from '../../model/schedules'
import type { Spec } from '../../model/spec'
import type { CurvePoint, Progress } from '../../session/protocol'
import type { Curves } from '../../session/run-view'
import { formatCount } from '../../ui/format'
import { changedFields } from '../spec/config'

/** Why a run does not learn. `stuck`: not for its learning rate, as far as the curves tell. */
export interface Standstill {
  readonly kind: 'too high' | 'too low' | 'stuck'
  /** A sentence. */
  readonly message: string
  /** The learning rate to try; undefined where another does not help. */
  readonly rate: number | undefined
}

/** Steps and examples that a run takes before anything is said of it. */
const FEWEST = { steps: 100, examples: 5_000 }
/** Steps that a network stays no better than chance before it counts as stuck; at least an epoch, too. */
const PATIENCE = 1_000
/** Most steps back that count: what was learnt before them is past. */
const WINDOW = 500
/** Share of the way from chance to all right that is still near chance. */
const NEAR = 0.1
/** A rate below this share of the usual one is too low for a network that is not half right after SLOW_STEPS. */
const LOW = 0.1
const SLOW_STEPS = 300
const HALF = 0.5
/** Share of the way from chance to all right that does as well, where there are few classes. */
const QUARTER = 0.25
/** A rate above this multiple of the usual one is too high for a network near chance. */
const HIGH = 2

/** Rates that most networks learn with, by optimizer. */
const usualRates: Readonly<Record<OptimizerKind, number>> = {
  sgd: 0.1,
  momentum: 0.01,
  nesterov: 0.01,
  rmsprop: 0.001,
  adam: 0.002,
  adamw: 0.002,
}

/** The learning rate of the preset with the same network, loss and optimizer; else a usual one of the optimizer. */
export function usualRate(spec: Spec): number {
  const alike = presetsFor(datasetOf(spec)).find(({ spec: preset }) =>
    changedFields(preset, spec).every((field) => !['layers', 'loss', 'input', 'optimizer'].includes(field)),
  )
  return alike?.spec.learningRate ?? usualRates[spec.optimizer.type]
}

/**
 * What is wrong with a run's training; undefined if it learns, or if it is too early to tell. `progress` and `curves` are of the same
 * run as `spec`.
 */
export function standstillOf(
  { train, test }: Pick<Curves, 'train' | 'test'>,
  spec: Spec,
  { step, steps }: Pick<Progress, 'step' | 'steps'>,
  stepsPerEpoch: number,
): Standstill | undefined {
  const taken = train.at(-1)?.step ?? 0
  if (taken < FEWEST.steps || taken * spec.batchSize < FEWEST.examples) return undefined
  const from = Math.max(taken / 2, taken - WINDOW)
  const { accuracy, loss } = meanSince(train, from)
  const chance = 1 / datasetOf(spec).classes.length
  const near = chance + NEAR * (1 - chance)
  const tested = test.findLast((point) => point.step > from)?.accuracy ?? 0
  // Of two classes half are right by chance.
  const half = Math.max(HALF, chance + QUARTER * (1 - chance))
  if (Number.isNaN(accuracy) || tested >= half) return undefined
  const usual = usualRate(spec)
  const rate = spec.learningRate
  const guesses = accuracy < near && tested < near
  if (rate < usual * LOW && (guesses || (accuracy < HALF && taken >= SLOW_STEPS))) {
    return { kind: 'too low', message: `It learns very slowly: the learning rate of ${rate} is too low.`, rate: usual }
  }
  if (!guesses) return undefined
  const present = rateAt(rate, spec.schedule, { step, steps, stepsPerEpoch })
  // A network that gives every class the same share has a cross-entropy of ln(classes).
  const learns = spec.loss === 'cross-entropy' && loss < 0.95 * Math.log(1 / chance)
  if (present > usual * HIGH && !learns) {
    return { kind: 'too high', message: `It is not learning: the learning rate of ${rate} is too high.`, rate: usual }
  }
  if (taken < Math.max(PATIENCE, stepsPerEpoch) || learns) return undefined
  const message = `It is not learning: after ${formatCount(taken)} steps it is no better than chance. Fewer layers or ReLU may help.`
  return { kind: 'stuck', message, rate: undefined }
}

/** Mean of the points after a step, each weighed by the steps that it stands for. */
function meanSince(points: readonly CurvePoint[], from: number): { readonly accuracy: number; readonly loss: number } {
  let [accuracy, loss, weights] = [0, 0, 0]
  for (let i = points.length - 1; i >= 0 && points[i].step > from; i--) {
    const weight = points[i].step - (points[i - 1]?.step ?? 0)
    accuracy += weight * points[i].accuracy
    loss += weight * points[i].loss
    weights += weight
  }
  return { accuracy: accuracy / weights, loss: loss / weights }
}
