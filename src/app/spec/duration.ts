// How long a run takes on this device, told from the runs that it has done.

import { examplesOf, workPerExample } from '../../model/work'
import { specIssues, type Spec } from '../../model/spec'

/** A run as it was measured. */
export interface Measured {
  readonly spec: Spec
  readonly backend: { readonly kind: string; readonly label: string; readonly adapter: string }
  /** Seconds spent training. */
  readonly seconds: number
  /** Mean over the run, evaluations included. */
  readonly imagesPerSecond: number
}

/** A device that runs are measured on. */
type MeasuredDevice = Measured['backend']

/** How long a run takes; `most` where it may well take less. */
interface Duration {
  readonly seconds: number
  readonly most: boolean
}

/** Shortest run that tells a speed, in seconds: the first moments are slow. */
const SHORTEST = 0.5
/** Times of networks that differ in their work by less are taken for exact. */
const ALIKE = 1.2

/** The runs of a device that were long enough to tell its speed. */
export const measuredOn = (device: MeasuredDevice | undefined, runs: readonly Measured[]): readonly Measured[] =>
  runs.filter(
    ({ backend, seconds, imagesPerSecond }) =>
      backend.kind === device?.kind &&
      backend.label === device.label &&
      backend.adapter === device.adapter &&
      seconds >= SHORTEST &&
      imagesPerSecond > 0,
  )

/**
 * How long a whole run takes, by the speed of the run of this device whose work per example is nearest, the first of several. Undefined
 * where none was measured, or while the spec is invalid.
 *
 * A processor takes time in proportion to the work. A graphics processor takes at least the time of its calls, so a step never
 * takes longer than in proportion, and one of a smaller network no longer than the measured one: that is a bound.
 */
export function durationOf(spec: Spec, measured: readonly Measured[]): Duration | undefined {
  const apart = (run: Measured) => Math.abs(Math.log(workPerExample(spec) / workPerExample(run.spec)))
  const [first, ...others] = measured
  if (!first || specIssues(spec).length > 0) return undefined
  const nearest = others.reduce((best, next) => (apart(next) < apart(best) ? next : best), first)
  const ratio = workPerExample(spec) / workPerExample(nearest.spec)
  const graphics = nearest.backend.kind === 'webgpu'
  const batches = spec.batchSize / nearest.spec.batchSize
  const slower = graphics ? Math.max(1, ratio * batches) / batches : ratio
  const seconds = (examplesOf(spec) * slower) / nearest.imagesPerSecond
  const alike = Math.abs(Math.log(ratio)) < Math.log(ALIKE) && batches === 1
  return Number.isFinite(seconds) ? { seconds, most: graphics && !alike } : undefined
}

/** `about 12 s`, `about 4 min`, `at most 1.5 h`. */
export function formatAbout({ seconds, most }: Duration): string {
  return `${most ? 'at most' : 'about'} ${rounded(seconds)}`
}

function rounded(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.ceil(seconds))} s`
  if (seconds < 57.5) return `${5 * Math.round(seconds / 5)} s`
  const minutes = Math.max(1, Math.round(seconds / 60))
  return minutes < 90 ? `${minutes} min` : `${(seconds / 3600).toFixed(1)} h`
}
