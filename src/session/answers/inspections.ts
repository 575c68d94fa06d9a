// The table of what may be asked of the run without changing it: each kind with its request and its answer. How a session answers is told
// in inspectors/.

import type { RunList } from '../../kernels/plan'
import type { InputStatistics } from '../../model/initialise'
import type { CallFacts } from './calls'
import type { Health, HealthRequest } from './health'
import type { Sample, SamplesRequest } from './images'
import type { Look, LookRequest } from './look'
import type { Parity } from './parity'

/** Answers are undefined while there is no run, and after trouble, which a `problem` event tells. */
export interface Inspections {
  /** The calls of a list of the run's plan in order, as its device runs them. */
  calls(list: RunList): readonly CallFacts[] | undefined
  /**
   * Seconds that each call of a list takes on the run's device; undefined in place of those that the device does not tell. It works
   * on copies and the run, if it runs, waits meanwhile: for up to about a second, or the time of two replays where that is longer.
   */
  timeCalls(list: RunList): readonly (number | undefined)[] | undefined
  /** The run's next step, call by call on its own device and on another one of this browser. It works on copies; the run goes on. */
  parity(): Parity | undefined
  /** How the network fares after its newest step. */
  health(request: HealthRequest): Health | undefined
  /** Looks inside the present network with an example. It keeps a program on the device until `endInspection`. */
  look(request: LookRequest): Look | undefined
  /**
   * Examples as a run of a spec would be trained on, warped and mixed with synthetic drawings as it has it. Empty while the data is not
   * there; it needs no run.
   */
  samples(request: SamplesRequest): readonly Sample[]
  /** Examples of the test set by their numbers, from 0. Empty while there is no run. */
  testImages(numbers: readonly number[]): readonly Sample[]
  /** What inputs are standardised with, if the run's spec has that. */
  pixelStatistics(): InputStatistics | undefined
}

/** What may be asked. */
export type InspectionKind = keyof Inspections
