// The state that a session's events add up to: device, data set and run, the same for every listener.

import type { DeviceInfo } from '../backends/types'
import type { Spec } from '../model/spec'
import type { Adjustable, CurvePoint, Divergence, Origin, Problem, Progress, SessionEvent } from './protocol'

/** Kinds of curves: training batches, the test set, and training images that are held out. */
export const curveNames = ['train', 'test', 'validation'] as const
export type CurveName = (typeof curveNames)[number]

/** The curves of a run, each by rising steps. The validation curve is empty if no images are held out. */
export type Curves = Readonly<Record<CurveName, readonly CurvePoint[]>>

export const noCurves: Curves = { train: [], test: [], validation: [] }

/** No run, or one at step 0. */
export const atRest: Progress = {
  phase: 'idle',
  step: 0,
  steps: 0,
  epoch: 0,
  imagesPerSecond: 0,
  seconds: 0,
  secondsLeft: undefined,
}

/** Plain and immutable: parts that an event does not change stay the same object. */
export interface RunView {
  /** Undefined until a device is open. `races`: Auto chooses it by a race. */
  readonly device: { readonly info: DeviceInfo; readonly reason: string; readonly races: boolean } | undefined
  /** The device was lost; the next command that needs one opens another. */
  readonly lost: boolean
  /** Bytes that have arrived, and whether the data set is on the device; `dataset` is empty before the first. */
  readonly data: { readonly dataset: string; readonly loaded: number; readonly total: number; readonly ready: boolean }
  /** Number of runs so far: a new number means another run. A run that goes back or moves to another device keeps its number. */
  readonly number: number
  /** The run's spec, with the settings adjusted in mid-run. Undefined before the first run. */
  readonly spec: Spec | undefined
  /** Origin of the run. Going back does not change it. */
  readonly origin: Exclude<Origin, 'recovery'> | undefined
  readonly stepsPerEpoch: number
  /** The run is on a device: true from its start there until the device changes or is lost. */
  readonly stands: boolean
  readonly progress: Progress
  readonly curves: Curves
  /** Present problems, at most one of a kind, the newest last. */
  readonly problems: readonly Problem[]
}

/** Before the first event. */
export const noRun: RunView = {
  device: undefined,
  lost: false,
  data: { dataset: '', loaded: 0, total: 0, ready: false },
  number: 0,
  spec: undefined,
  origin: undefined,
  stepsPerEpoch: 1,
  stands: false,
  progress: atRest,
  curves: noCurves,
  problems: [],
}

/** The view after an event. */
export function reduce(view: RunView, event: SessionEvent): RunView {
  switch (event.type) {
    case 'device': {
      const { device: info, reason, races } = event
      return { ...view, device: { info, reason, races }, lost: false, stands: false }
    }
    case 'data': {
      const { dataset, loaded, total, ready } = event
      const begins = total === 0
      return {
        ...view,
        data: { dataset, loaded, total, ready },
        problems: ready || begins ? without(view.problems, 'data') : view.problems,
      }
    }
    case 'reset': {
      const { spec, origin, step, stepsPerEpoch } = event
      const reset = { ...view, spec, stepsPerEpoch, stands: true }
      if (origin === 'recovery') {
        return { ...reset, curves: upTo(view.curves, step), problems: without(view.problems, 'run', 'diverged') }
      }
      const problems = without(view.problems, 'run', 'diverged', 'device-lost')
      return { ...reset, number: view.number + 1, origin, progress: atRest, curves: noCurves, problems }
    }
    case 'rewind':
      return { ...view, stands: true, curves: upTo(view.curves, event.step) }
    case 'progress':
      return { ...view, progress: event.progress }
    case 'train':
      return { ...view, curves: longer(view.curves, 'train', event.points) }
    case 'test':
    case 'validation':
      return { ...view, curves: longer(view.curves, event.type, [event.point]) }
    case 'problem': {
      const { problem } = event
      const problems = [...without(view.problems, problem.kind), problem]
      return problem.kind === 'device-lost' ? { ...view, lost: true, stands: false, problems } : { ...view, problems }
    }
  }
}

/** The view once another device was asked for: clears the last opening's problems and its data set. */
export function opening(view: RunView): RunView {
  return { ...view, lost: false, data: noRun.data, problems: without(view.problems, 'data', 'backend') }
}

/** The view once a run was asked to adjust its settings. */
export function adjusted(view: RunView, settings: Adjustable): RunView {
  return view.spec ? { ...view, spec: { ...view.spec, ...settings } } : view
}

/** The problem of a diverged run, until it goes back. */
export function divergenceOf({ problems }: RunView): Divergence | undefined {
  return problems.find((problem) => problem.kind === 'diverged')
}

/** The problem of a failed download, until the next attempt. */
export const dataFailed = ({ problems }: RunView): boolean => problems.some(({ kind }) => kind === 'data')

/** The points of all curves up to a step. */
export function upTo(curves: Curves, step: number): Curves {
  const before = (points: readonly CurvePoint[]) => points.filter((point) => point.step <= step)
  return { train: before(curves.train), test: before(curves.test), validation: before(curves.validation) }
}

/** Curves with more points are halved: a screen has fewer pixels, and a run may last for hours. */
const LIMIT = 8000

/** Appends points. Past the limit, merges neighbours in pairs. */
export function append(points: readonly CurvePoint[], more: readonly CurvePoint[]): readonly CurvePoint[] {
  const all = [...points, ...more]
  if (all.length <= LIMIT) return all
  const pairs: CurvePoint[] = []
  for (let i = 0; i < all.length; i += 2) pairs.push(meanOf(all.slice(i, i + 2)))
  return pairs
}

/** Merges points into one, at the last step: a point is the mean of the steps up to it. */
export function meanOf(points: readonly CurvePoint[]): CurvePoint {
  const of = (key: 'loss' | 'accuracy') => points.reduce((sum, point) => sum + point[key], 0) / points.length
  return { step: points[points.length - 1].step, loss: of('loss'), accuracy: of('accuracy') }
}

const longer = (curves: Curves, name: CurveName, points: readonly CurvePoint[]): Curves => ({
  ...curves,
  [name]: append(curves[name], points),
})

/** Removes problems of these kinds; the same array if there are none. */
function without(problems: readonly Problem[], ...kinds: readonly Problem['kind'][]): readonly Problem[] {
  return problems.some(({ kind }) => kinds.includes(kind))
    ? problems.filter(({ kind }) => !kinds.includes(kind))
    : problems
}
