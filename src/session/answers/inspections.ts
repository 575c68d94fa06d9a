// The inspections: questions about the run that do not change it, each kind with its request and answer. inspectors/ answers
// them.

import type { RunList } from '../../kernels/plan'
import type { InputStatistics } from '../../model/initialise'
import type { CallFacts } from './calls'
import type { Health, HealthRequest } from './health'
import type { Sample, SamplesRequest } from './images'
import type { Look, LookRequest } from './look'
import type { Parity } from './parity'
import type { Surface, SurfaceRequest } from './surface'
import type { StepWalk, WalkRequest } from './walk'

/** Answers are undefined if there is no run, and after an error, which a `problem` event reports. */
export interface Inspections {
  /** The calls of a list of the run's plan, in order, as the run's device runs them. */
  calls(list: RunList): readonly CallFacts[] | undefined
  /**
   * Seconds of each call of a list on the run's device; undefined for calls that the device does not time. Runs
   * on copies. The run waits for up to about a second, or for the time of two replays if that is longer.
   */
  timeCalls(list: RunList): readonly (number | undefined)[] | undefined
  /** The run's next step, call by call on its own device and on another one of this browser. Runs on copies; the run goes on. */
  parity(): Parity | undefined
  /** The health of the network after its newest step. */
  health(request: HealthRequest): Health | undefined
  /** Looks inside the present network with an example. Keeps a program on the device until `endInspection`. */
  look(request: LookRequest): Look | undefined
  /**
   * What a network of points answers everywhere in the plane. Undefined for other data sets. Keeps a program on the device until
   * `endInspection`.
   */
  surface(request: SurfaceRequest): Surface | undefined
  /** The run's next step with a batch of one example. Runs on copies; the run goes on. */
  walk(request: WalkRequest): StepWalk | undefined
  /**
   * Examples as a run of a spec would train on them, warped and mixed with synthetic drawings. Empty if the data is not
   * loaded. Needs no run.
   */
  samples(request: SamplesRequest): readonly Sample[]
  /** Examples of the test set by number, from 0. Empty without a run. */
  testImages(numbers: readonly number[]): readonly Sample[]
  /** Statistics that standardise the inputs, if the run's spec wants that. */
  pixelStatistics(): InputStatistics | undefined
}

/** Kinds of inspections. */
export type InspectionKind = keyof Inspections
