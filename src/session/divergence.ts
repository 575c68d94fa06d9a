// The problem report of a diverged run: where it broke, in words, and the way back.

import { layerName } from '../model/layer-name'
import type { Spec } from '../model/spec'
import type { Divergence, Place } from './protocol'
import type { Breakdown } from './divergence-guard'

/** Factor from the present learning rate to the next one to try. A rate that diverges is often a little too high, sometimes much. */
const LOWER = 0.1

/** The problem to report. `place`: where it broke, once that is known. */
export function divergence(spec: Spec, breakdown: Breakdown, place: Place | 'searching' | undefined): Divergence {
  const searching = place === 'searching'
  const { step, sign, back } = breakdown
  const shown: Place = place && place !== 'searching' ? place : { step, layer: undefined, what: sign }
  return {
    kind: 'diverged',
    ...shown,
    searching,
    message: `${headOf(shown)}${sentenceOf(shown, spec)} The run has stopped. ${searchOf(place)}${adviceOf(shown)}`,
    snapshotStep: back.step,
    learningRate: Number((spec.learningRate * LOWER).toPrecision(2)),
  }
}

function sentenceOf({ step, layer, what }: Place, { layers }: Spec): string {
  const at = `step ${step.toLocaleString('en')}`
  const name = layer === undefined ? 'the network' : layerName(layers, layer)
  switch (what) {
    case 'inputs':
      return `The inputs of ${at} are not finite numbers.`
    case 'output':
      return `At ${at} the output of ${name} is no longer finite: it is the first value that is infinite or not a number.`
    case 'gradient':
      return `At ${at} the gradient in ${name} is no longer finite: it is the first value that is infinite or not a number.`
    case 'update':
      return `The update after ${at} makes parameters of ${name} infinite or not a number.`
    case 'norm':
      return `At ${at} the norm of the whole gradient is no longer finite.`
    case 'loss':
      return `The loss is no longer a finite number at ${at}.`
    case 'network':
      return `After ${at} some parameters or gradients are no longer finite numbers.`
    case 'test loss':
    case 'validation loss':
      return `The ${what} after ${at} is not a finite number.`
  }
}

const headOf = ({ what }: Place): string =>
  what === 'inputs' ? '' : 'Training blew up: the numbers grew without limit. '

function searchOf(place: Place | 'searching' | undefined): string {
  if (place === 'searching') return 'Looking for the layer in which it began. '
  return place ? '' : 'In which layer it began could not be found out in time. '
}

/** Inputs do not depend on the learning rate. */
const adviceOf = ({ what }: Place): string =>
  what === 'inputs'
    ? 'This is a fault of the data or its scaling.'
    : 'A learning rate that is too high is the usual reason.'
