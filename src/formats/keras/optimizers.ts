// The optimizers of Keras that step like Inkling's.

import type { OptimizerKind } from '../../model/optimizers'

/** Settings of an optimizer, by plain names: lower case, letters and digits only. */
type Settings = ReadonlyMap<string, unknown>

interface Row {
  /** Plain names of it in Keras and in TensorFlow.js; several kinds of Inkling's may share one. */
  readonly names: readonly string[]
  /** Keras's own learning rate. */
  readonly learningRate: number
  /** Whether a step is proportional to the gradient. */
  readonly proportional: boolean
  /** The values of Inkling's optimizer, not checked against limits; undefined if these settings mean another one. */
  read(settings: Settings): object | undefined
}

/** The first of a setting's names that has a number. */
const value = (settings: Settings, fallback: number, ...names: string[]) =>
  names.map((name) => settings.get(name)).find((each) => typeof each === 'number') ?? fallback
const on = (settings: Settings, ...names: string[]) => names.some((name) => settings.get(name) === true)

const descent = { names: ['sgd', 'momentum'], learningRate: 0.01, proportional: true }
const momentumOf = (settings: Settings) => value(settings, 0, 'momentum')
const isNesterov = (settings: Settings) => on(settings, 'nesterov', 'usenesterov')

/** Momentum of either kind; without any it is plain descent. */
function withMomentum(settings: Settings, nesterov: boolean): object | undefined {
  const momentum = momentumOf(settings)
  return momentum !== 0 && isNesterov(settings) === nesterov ? { momentum, weightDecay: 0 } : undefined
}

const adaptive = { learningRate: 0.001, proportional: false }
const epsilonOf = (settings: Settings) => value(settings, 1e-7, 'epsilon')

function adam(settings: Settings): object | undefined {
  if (on(settings, 'amsgrad')) return undefined
  return {
    beta1: value(settings, 0.9, 'beta1'),
    beta2: value(settings, 0.999, 'beta2'),
    epsilon: epsilonOf(settings),
  }
}

/** Keras's optimizers under those of Inkling. One that Keras lacks has no names. */
export const kerasOptimizers: Readonly<Record<OptimizerKind, Row>> = {
  sgd: { ...descent, read: (settings) => (momentumOf(settings) === 0 ? { weightDecay: 0 } : undefined) },
  momentum: { ...descent, read: (settings) => withMomentum(settings, false) },
  nesterov: { ...descent, read: (settings) => withMomentum(settings, true) },
  rmsprop: {
    ...adaptive,
    names: ['rmsprop'],
    read(settings) {
      if (momentumOf(settings) !== 0 || on(settings, 'centered')) return undefined
      // TensorFlow.js says decay for rho; in Keras that is of the learning rate, and stands beside rho.
      return { rho: value(settings, 0.9, 'rho', 'decay'), epsilon: epsilonOf(settings), weightDecay: 0 }
    },
  },
  adam: { ...adaptive, names: ['adam'], read: adam },
  adamw: {
    ...adaptive,
    names: ['adamw'],
    read(settings) {
      const values = adam(settings)
      return values && { ...values, weightDecay: value(settings, 0.004, 'weightdecay') }
    },
  },
}
