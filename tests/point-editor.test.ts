// Points that a person draws: strokes, erasing and the way back, however late the network follows.

import { expect, test } from 'vitest'
import { PointEditor } from '../src/app/drawing/plane/point-editor.svelte'
import { DRAWN, STARTER, type LabelledPoint } from '../src/datasets/plane/drawn'

/** An editor of points; each learnt list is the wanted one from then on. */
function editor(start: readonly LabelledPoint[] = STARTER) {
  const learnt: (readonly LabelledPoint[])[] = [start]
  const made = new PointEditor(
    () => learnt[learnt.length - 1],
    (points) => learnt.push(points),
  )
  const stroke = (...places: [number, number][]) => {
    const [first, ...rest] = places.map(([x, y]) => ({ x, y }))
    made.begin(first)
    rest.forEach((place) => made.extend(place))
    made.end()
  }
  return { made, learnt, stroke }
}

test('strokes one after the other add to each other', () => {
  const { made, learnt, stroke } = editor()
  made.tool = 2
  stroke([0, 4])
  stroke([1, 5])
  made.tool = 1
  stroke([5, 5])
  expect(learnt).toHaveLength(4)
  expect(learnt.at(-1)?.slice(STARTER.length)).toEqual([
    { x: 0, y: 4, label: 2 },
    { x: 1, y: 5, label: 2 },
    { x: 5, y: 5, label: 1 },
  ])
  expect(made.pending).toBeUndefined()
})

test('a long stroke draws points that stand apart', () => {
  const { made, learnt, stroke } = editor()
  made.tool = 0
  stroke(...Array.from({ length: 41 }, (_, i): [number, number] => [-2 + i / 10, 5]))
  expect(learnt).toHaveLength(2)
  const xs = learnt[1].slice(STARTER.length).map(({ x }) => x)
  expect(xs.length).toBeGreaterThan(5)
  xs.slice(1).forEach((x, i) => expect(x - xs[i]).toBeGreaterThanOrEqual(0.6 - 1e-9))
})

test('an erased point comes back by Undo, and an eraser that meets none changes nothing', () => {
  const { made, learnt, stroke } = editor()
  made.tool = 'erase'
  stroke([0, -5.5])
  expect([learnt.length, made.canUndo, made.pending]).toEqual([1, false, undefined])
  stroke([STARTER[0].x, STARTER[0].y])
  expect(made.points).toHaveLength(STARTER.length - 1)
  made.undo()
  expect([made.points, made.canUndo, made.pending]).toEqual([STARTER, false, undefined])
})

test('cleared points wait for two colours, and come back by Undo', () => {
  const { made, learnt, stroke } = editor()
  made.clear()
  expect([made.points, made.missing]).toEqual([[], 'Draw points of two colours at least.'])
  made.tool = 0
  stroke([0, 0], [1, 0], [2, 0], [3, 0], [4, 0])
  made.tool = 1
  expect(learnt).toHaveLength(1)
  stroke([0, 5])
  expect(learnt.at(-1)).toHaveLength(6)
  made.undo()
  expect([made.points.length, made.missing]).toEqual([5, 'Draw points of two colours at least.'])
  made.undo()
  made.undo()
  expect([made.points, made.pending]).toEqual([STARTER, undefined])
})

test('no more are drawn than fit', () => {
  const full = Array.from({ length: DRAWN.most - 1 }, (_, i) => ({ x: (i % 20) / 2 - 5, y: i / 50 - 4, label: i % 2 }))
  const { made, learnt, stroke } = editor(full)
  made.tool = 1
  stroke([5, 5], [5, 4], [5, 3])
  expect([learnt.at(-1)?.length, made.full]).toEqual([DRAWN.most, true])
})
