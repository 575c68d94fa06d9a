// What the events of a session come to: the device, the data set and the run, as all who listen see them.

import type { DeviceInfo } from '../backends/types'
import type { Spec } from '../model/spec'
import type { Adjustable, CurvePoint, Divergence, Origin, Problem, Progress, SessionEvent } from './protocol'

/** Images on which a network is measured: its batches, the test set, and training images that are held out. */
export const curveNames = ['train', 'test', 'validation'] as const
export type CurveName = (typeof curveNames)[number]

/** The curves of a run, each by rising steps; that of validation is empty where no images are held out. */
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

/** Plain, and never changed: what an event leaves alone stays the same object. */
export interface RunView {
  /** Undefined before the first is open. */
  readonly device: { readonly info: DeviceInfo; readonly reason: string } | undefined
  /** The device went away; what needs one next opens another. */
  readonly lost: boolean
  /** Bytes that have arrived, and whether the data set is on the device; `dataset` is empty before the first. */
  readonly data: { readonly dataset: string; readonly loaded: number; readonly total: number; readonly ready: boolean }
  /** Runs so far: another number is another run. One that goes back or moves to another device stays the same. */
  readonly number: number
  /** What the run is made of, with what was adjusted in mid-run. Undefined before the first run. */
  readonly spec: Spec | undefined
  /** Where the run comes from; going back does not change that. */
  readonly origin: Exclude<Origin, 'recovery'> | undefined
  readonly stepsPerEpoch: number
  /** The run is on a device: from its start there until the device changes or goes away. */
  readonly stands: boolean
  readonly progress: Progress
  readonly curves: Curves
  /** What is wrong, at most one of a kind, the newest last. */
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
    case 'device':
      return { ...view, device: { info: event.device, reason: event.reason }, lost: false, stands: false }
    case 'data': {
      const { dataset, loaded, total, ready } = event
      return {
        ...view,
        data: { dataset, loaded, total, ready },
        problems: ready ? without(view.problems, 'data') : view.problems,
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

/** The view once another device was asked for: what was wrong with the last opening is over, and its data set is gone. */
export function opening(view: RunView): RunView {
  return { ...view, lost: false, data: noRun.data, problems: without(view.problems, 'data', 'backend') }
}

/** The view once a run was asked to take settings over. */
export function adjusted(view: RunView, settings: Adjustable): RunView {
  return view.spec ? { ...view, spec: { ...view.spec, ...settings } } : view
}

/** What is told of a run that has diverged, as long as it has not gone back. */
export function divergenceOf({ problems }: RunView): Divergence | undefined {
  return problems.find((problem) => problem.kind === 'diverged')
}

/** The data set did not load, and nobody has asked again yet. */
export const dataFailed = ({ problems }: RunView): boolean => problems.some(({ kind }) => kind === 'data')

/** The points of all curves up to a step. */
export function upTo(curves: Curves, step: number): Curves {
  const before = (points: readonly CurvePoint[]) => points.filter((point) => point.step <= step)
  return { train: before(curves.train), test: before(curves.test), validation: before(curves.validation) }
}

/** More points than this are halved: a screen has fewer pixels, and a run may last for hours. */
const LIMIT = 8000

/** Appends points; past the limit neighbours are merged in pairs. */
export function append(points: readonly CurvePoint[], more: readonly CurvePoint[]): readonly CurvePoint[] {
  const all = [...points, ...more]
  if (all.length <= LIMIT) return all
  const pairs: CurvePoint[] = []
  for (let i = 0; i < all.length; i += 2) pairs.push(meanOf(all.slice(i, i + 2)))
  return pairs
}

/** Several points as one. It stands at the last step, as a mean over the steps up to it does. */
export function meanOf(points: readonly CurvePoint[]): CurvePoint {
  const of = (key: 'loss' | 'accuracy') => points.reduce((sum, point) => sum + point[key], 0) / points.length
  return { step: points[points.length - 1].step, loss: of('loss'), accuracy: of('accuracy') }
}

const longer = (curves: Curves, name: CurveName, points: readonly CurvePoint[]): Curves => ({
  ...curves,
  [name]: append(curves[name], points),
})

/** The same array where none of these kinds is in it. */
function without(problems: readonly Problem[], ...kinds: readonly Problem['kind'][]): readonly Problem[] {
  return problems.some(({ kind }) => kinds.includes(kind))
    ? problems.filter(({ kind }) => !kinds.includes(kind))
    : problems
}
