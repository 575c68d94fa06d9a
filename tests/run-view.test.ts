// The one reader of events: a table of what each makes of a view.

import { describe, expect, test } from 'vitest'
import type { DeviceInfo } from '../src/backends/types'
import { presets } from '../src/model/presets'
import type { CurvePoint, Divergence, Origin, Phase, Problem, SessionEvent } from '../src/session/protocol'
import {
  adjusted,
  atRest,
  dataFailed,
  divergenceOf,
  noCurves,
  noRun,
  opening,
  reduce,
  upTo,
  type RunView,
} from '../src/session/run-view'

const spec = presets[0].spec
const slower = { ...spec, learningRate: 0.01 }
const device: DeviceInfo = { kind: 'wasm', label: 'CPU', adapter: '', software: true, features: [] }
const at = (step: number): CurvePoint => ({ step, loss: 1, accuracy: 0.5 })
const points = (...steps: number[]) => steps.map(at)
const progress = (phase: Phase, step: number) => ({ ...atRest, phase, step, steps: 100 })
const problem = (kind: Exclude<Problem['kind'], 'diverged'>, message = `no ${kind}`): Problem => ({ kind, message })
const diverged: Divergence = {
  ...{ kind: 'diverged', message: 'not finite', searching: true, snapshotStep: 20, learningRate: 0.01 },
  ...{ step: 33, layer: undefined, what: 'loss' },
}
const told = (problem: Problem): SessionEvent => ({ type: 'problem', problem })
const reset = (origin: Origin, step = 0, of = spec): SessionEvent => ({
  ...{ type: 'reset', spec: of, origin, step, stepsPerEpoch: 12.5 },
})

const curves = { train: points(10, 20, 30), test: points(20, 40), validation: points(20, 40) }
/** A run amid its course, with one problem of each kind that a run may have. */
const course: RunView = {
  ...noRun,
  device: { info: device, reason: 'It is there.', races: false },
  data: { dataset: 'mnist', loaded: 9, total: 9, ready: true },
  ...{ number: 3, spec, origin: 'file', stepsPerEpoch: 10, stands: true },
  progress: progress('diverged', 40),
  curves,
  problems: [problem('backend'), problem('device-lost'), problem('run'), diverged],
}

type Row = readonly [string, RunView, SessionEvent, Partial<RunView>]

const rows: readonly Row[] = [
  [
    'a device is there, and no run on it yet',
    { ...course, lost: true },
    { type: 'device', device, reason: 'It was chosen.', races: true },
    { device: { info: device, reason: 'It was chosen.', races: true }, lost: false, stands: false },
  ],
  [
    'data arrives',
    noRun,
    { type: 'data', dataset: 'mnist', loaded: 1, total: 9, ready: false },
    { data: { dataset: 'mnist', loaded: 1, total: 9, ready: false } },
  ],
  [
    'data that is asked for again ends the trouble with it, and no other',
    { ...noRun, problems: [problem('data'), problem('run')] },
    { type: 'data', dataset: 'fashion-mnist', loaded: 0, total: 0, ready: false },
    { data: { dataset: 'fashion-mnist', loaded: 0, total: 0, ready: false }, problems: [problem('run')] },
  ],
  [
    'data that is there ends the trouble with it, and no other',
    { ...noRun, problems: [problem('data'), problem('run')] },
    { type: 'data', dataset: 'mnist', loaded: 9, total: 9, ready: true },
    { data: { dataset: 'mnist', loaded: 9, total: 9, ready: true }, problems: [problem('run')] },
  ],
  ...(['fresh', 'file', 'checkpoint'] as const).map((origin): Row => [
    `a run from ${origin} is another one, at rest, without curves and without the trouble of the last`,
    { ...course, stands: false },
    reset(origin, origin === 'checkpoint' ? 30 : 0, slower),
    {
      ...{ number: 4, spec: slower, origin, stepsPerEpoch: 12.5, stands: true },
      ...{ progress: atRest, curves: noCurves, problems: [problem('backend')] },
    },
  ]),
  [
    'a recovery is the same run at an earlier step, with its curves up to there',
    { ...course, stands: false },
    reset('recovery', 20, slower),
    {
      ...{ spec: slower, stepsPerEpoch: 12.5, stands: true },
      curves: { train: points(10, 20), test: points(20), validation: points(20) },
      problems: [problem('backend'), problem('device-lost')],
    },
  ],
  [
    'another device goes on from a snapshot',
    { ...course, stands: false },
    { type: 'rewind', step: 25 },
    { stands: true, curves: { train: points(10, 20), test: points(20), validation: points(20) } },
  ],
  [
    'progress is taken as it comes',
    course,
    { type: 'progress', progress: progress('running', 41) },
    { progress: progress('running', 41) },
  ],
  [
    'points of the training curve',
    course,
    { type: 'train', points: points(31, 32) },
    { curves: { ...curves, train: points(10, 20, 30, 31, 32) } },
  ],
  [
    'an evaluation of the test set',
    course,
    { type: 'test', point: at(60) },
    { curves: { ...curves, test: points(20, 40, 60) } },
  ],
  [
    'an evaluation of the held-out images',
    course,
    { type: 'validation', point: at(60) },
    { curves: { ...curves, validation: points(20, 40, 60) } },
  ],
  [
    'a problem takes the place of the last of its kind',
    { ...noRun, problems: [problem('run'), problem('data')] },
    told(problem('run', 'worse')),
    { problems: [problem('data'), problem('run', 'worse')] },
  ],
  [
    'a lost device leaves no run on it',
    { ...course, problems: [] },
    told(problem('device-lost')),
    { lost: true, stands: false, problems: [problem('device-lost')] },
  ],
  [
    'a divergence is told anew once its place is found',
    { ...course, problems: [diverged] },
    told({ ...diverged, searching: false }),
    { problems: [{ ...diverged, searching: false }] },
  ],
]

describe('an event changes only its own facts', () => {
  test.each(rows)('%s', (_, before, event, changed) => {
    const copy = structuredClone(before)
    const after = reduce(before, event)
    expect(after).toEqual({ ...before, ...changed })
    expect(before).toEqual(copy)
    // What stays is the same object: readers of it are told nothing.
    for (const key of Object.keys(before) as (keyof RunView)[]) {
      if (!(key in changed)) expect(after[key]).toBe(before[key])
    }
  })

  test('other curves stay the same objects', () => {
    const after = reduce(course, { type: 'test', point: at(60) })
    expect(after.curves.train).toBe(course.curves.train)
    expect(after.curves.validation).toBe(course.curves.validation)
  })
})

test('a run that went back keeps where it came from', () => {
  const events = [reset('fresh'), told(diverged), reset('recovery', 20, slower)]
  expect(events.reduce(reduce, noRun)).toMatchObject({ number: 1, origin: 'fresh', spec: slower, problems: [] })
})

test('a request for another device clears the problem of the last opening', () => {
  const before = { ...course, lost: true, problems: [problem('data'), problem('backend'), problem('run')] }
  expect(opening(before)).toEqual({ ...before, lost: false, data: noRun.data, problems: [problem('run')] })
})

test('a run takes over settings, if there is one', () => {
  const settings = { learningRate: 3, epochs: 4, evaluateEvery: 5 }
  expect(adjusted(course, settings)).toEqual({ ...course, spec: { ...spec, ...settings } })
  expect(adjusted(noRun, settings)).toBe(noRun)
})

test('errors are read from the problems', () => {
  expect(divergenceOf(course)).toBe(diverged)
  expect(divergenceOf(noRun)).toBeUndefined()
  expect(dataFailed(course)).toBe(false)
  expect(dataFailed(reduce(course, told(problem('data'))))).toBe(true)
})

test('curves are cut after a step', () => {
  expect(upTo(curves, 20)).toEqual({ train: points(10, 20), test: points(20), validation: points(20) })
})
