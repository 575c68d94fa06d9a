// Learning curves as data: thinned for drawing, and the ranges of their axes.

import type { CurvePoint } from '../../session/protocol'
import { meanOf } from '../../session/run-view'

/** At most `count` points: means over equal stretches of steps, so that the noise looks alike from end to end. */
export function thin(points: readonly CurvePoint[], count: number): readonly CurvePoint[] {
  if (points.length <= count) return points
  const first = points[0].step
  const stretch = (points[points.length - 1].step - first) / count
  const thinned: CurvePoint[] = []
  const placeOf = ({ step }: CurvePoint) => Math.min(count - 1, Math.floor((step - first) / stretch))
  for (let i = 0; i < points.length;) {
    const place = placeOf(points[i])
    const start = i
    while (i < points.length && placeOf(points[i]) === place) i++
    thinned.push(meanOf(points.slice(start, i)))
  }
  return thinned
}

/** The point of a curve nearest to a step. */
export function nearest(points: readonly CurvePoint[], step: number): CurvePoint | undefined {
  const after = points.findIndex((point) => point.step >= step)
  if (after <= 0) return after === 0 ? points[0] : points.at(-1)
  const before = points[after - 1]
  return step - before.step < points[after].step - step ? before : points[after]
}

/** Right end of the axis: the next round number of epochs, so that the axis jumps now and then instead of crawling. */
export function roundEpochs(epoch: number, epochs: number): number {
  if (epoch === 0) return epochs
  const rounds = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 200, 500, 1000, 2000, 5000]
  return Math.max(Math.min(rounds.find((round) => round >= epoch - 1e-9) ?? epoch, epochs), epoch)
}

/** Steps at which some curve has a point, in order: where a cursor can stand. */
export function stops(curves: readonly (readonly CurvePoint[])[]): readonly number[] {
  return [...new Set(curves.flatMap((points) => points.map(({ step }) => step)))].sort((a, b) => a - b)
}

/** Position of the stop nearest to a step; 0 of none. */
export function nearestStop(stops: readonly number[], step: number): number {
  const after = stops.findIndex((stop) => stop >= step)
  if (after <= 0) return after === 0 ? 0 : Math.max(0, stops.length - 1)
  return step - stops[after - 1] < stops[after] - step ? after - 1 : after
}

type Accuracy = Pick<CurvePoint, 'step' | 'accuracy'>

/**
 * Lower end of an accuracy axis that is zoomed to the end of the curves: what `accuracyFloor` asks of every curve with points.
 * Undefined where that shows no more than the whole axis does, from the chance level.
 */
export function zoomFloor(curves: readonly (readonly Accuracy[])[], chance: number): number | undefined {
  const floor = commonFloor(curves)
  return floor > chance ? floor : undefined
}

/** Distances of ticks on an accuracy axis. */
const DISTANCES = [0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]

/** Ticks of an accuracy axis from `low` to 1, rising: both ends, and three to five stretches that are as round as can be. */
export function accuracyTicks(low: number): readonly number[] {
  const fits = (distance: number) => Math.abs((1 - low) / distance - Math.round((1 - low) / distance)) < 1e-6
  const few = DISTANCES.filter((distance) => (1 - low) / distance >= 2.5 && (1 - low) / distance < 5.5)
  const distance = few.find(fits) ?? few.at(-1) ?? 1 - low
  const ticks = [1]
  for (let tick = 1 - distance; tick > low + 0.6 * distance; tick -= distance) ticks.unshift(tick)
  return [low, ...ticks]
}

/** Lower end of an accuracy axis that shows what `accuracyFloor` asks of every curve with points. */
export function commonFloor(curves: readonly (readonly Accuracy[])[]): number {
  const floors = curves.filter(({ length }) => length > 0).map(accuracyFloor)
  return floors.length > 0 ? Math.min(...floors) : 0
}

/** The range of the loss in which most runs will be. */
const USUAL = { low: 0.05, high: 2 } as const

/** Ends of the loss axis: the curves' range; with no curves but single points, or none, the usual range, extended to hold them. */
export function lossRange(curves: readonly (readonly { readonly loss: number | null }[])[]): {
  readonly low?: number
  readonly high?: number
} {
  if (curves.some(({ length }) => length > 1)) return {}
  const losses = curves.flatMap((points) => points.flatMap(({ loss }) => (loss && Number.isFinite(loss) ? [loss] : [])))
  return { low: Math.min(USUAL.low, ...losses), high: Math.max(USUAL.high, ...losses) }
}

/**
 * Lower end of the accuracy axis. Later points say more than the first steep climb, so the axis shows the last three
 * quarters in full and the climb may start below it.
 */
export function accuracyFloor(points: readonly Accuracy[]): number {
  if (points.length === 0) return 0
  const last = points[points.length - 1].step
  const later = points.filter(({ step }) => step >= last / 4)
  const lowest = later.reduce((low, { accuracy }) => Math.min(low, accuracy), 1)
  return [0.98, 0.95, 0.9, 0.8, 0.6, 0.4].find((floor) => lowest > floor) ?? 0
}

/** A point of a stored run; null is not finite. */
interface StoredPoint {
  readonly step: number
  readonly loss: number | null
  readonly accuracy: number | null
}

/** The accuracies of a stored run's test set that are finite. */
export const accuraciesOf = ({ curves: { test } }: { readonly curves: { readonly test: readonly StoredPoint[] } }) =>
  test.flatMap(({ step, accuracy }) => (accuracy === null ? [] : [{ step, accuracy }]))

/** Where a point is drawn, in epochs and values; what is below `lowest` stands on it. */
export function placeOf(
  { step, ...values }: StoredPoint,
  key: 'loss' | 'accuracy',
  perEpoch: number,
  lowest = -Infinity,
): { x: number; y: number } {
  return { x: step / perEpoch, y: Math.max(lowest, values[key] ?? NaN) }
}

/** Epochs that a run has trained. */
export const epochsOf = ({ step, stepsPerEpoch }: { readonly step: number; readonly stepsPerEpoch: number }): number =>
  step / stepsPerEpoch

/** The point of each of some curves that is nearest to a step; none of those that are empty. */
export const pointsAt = <Name extends string>(
  curves: Readonly<Record<Name, readonly CurvePoint[]>>,
  names: readonly Name[],
  step: number,
) =>
  names.flatMap((curve) => {
    const point = nearest(curves[curve], step)
    return point ? [{ curve, point }] : []
  })
