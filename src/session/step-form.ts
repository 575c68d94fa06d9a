// How many calls a training step has on a backend.

import { wantsFused, type Backend } from '../backends/types'
import type { StepForm } from '../model/compile'

/** The form of steps on a backend. `whole`: a race has found whole steps faster there. */
export const formOn = ({ info }: Pick<Backend, 'info'>, whole = false): StepForm =>
  wantsFused(info) ? (whole ? 'whole' : 'fused') : 'separate'
