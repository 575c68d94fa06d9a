// Data sets of points in the plane: their ids, their points against the shapes' formulas, and that networks learn them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../src/backends/wasm'
import { allDatasets, datasetOf, findDataset } from '../src/datasets'
import { storedBytes, unpacked } from '../src/datasets/layout'
import { loadDataset } from '../src/datasets/load'
import { presetOf } from '../src/app/spec/config'
import { onPlane } from '../src/app/spec/plane-edit'
import { DRAWN, STARTER, whyTooFew, type LabelledPoint } from '../src/datasets/plane/drawn'
import {
  planeId,
  planeInputNames,
  planeInputs,
  planeNumbers,
  usualPlane,
  withDrawn,
  type Plane,
} from '../src/datasets/plane/plane'
import { inputsAt, pointsOf } from '../src/datasets/plane/points'
import { shapeNames, type ShapeName } from '../src/datasets/plane/shapes'
import { storesOf } from '../src/datasets/stores'
import { findPreset, presetsFor } from '../src/model/presets'
import { compile, HISTORY_SLOTS } from '../src/model/compile'
import { initialContents } from '../src/model/initialise'
import { specIssues } from '../src/model/spec'
import { inputStatistics } from '../src/session/statistics'

const anyNumber = (name: keyof typeof planeNumbers) =>
  fc.integer({ min: planeNumbers[name].least, max: planeNumbers[name].most })

const anyPlane: fc.Arbitrary<Plane> = fc.record({
  shape: fc.constantFrom(...shapeNames),
  points: anyNumber('points'),
  noise: anyNumber('noise'),
  test: anyNumber('test'),
  seed: anyNumber('seed'),
  inputs: fc.subarray(planeInputNames, { minLength: 1 }),
})

describe('the id of a data set', () => {
  test('says all of it, and only letters, digits and dots', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const id = planeId(plane)
        expect(id).toMatch(/^[a-z0-9.]+$/)
        expect(findDataset(id)?.plane).toEqual(plane)
        expect(findDataset(id)).toBe(findDataset(id))
      }),
    )
  })

  test('leaves out what is usual, which may be said', () => {
    expect(planeId(usualPlane('spiral'))).toBe('plane.spiral')
    expect(findDataset('plane.spiral.noise0.seed1.y.x')?.plane).toEqual(usualPlane('spiral'))
  })

  test.each([
    'plane',
    'plane.',
    'plane.square',
    'spiral',
    'plane.spiral.z',
    'plane.spiral.noise51',
    'plane.spiral.noise',
    'plane.spiral.n19',
    'plane.spiral.n1e3',
    'plane.spiral..x',
    'plane.spiral.noise-1',
    'plane.constructor',
    'plane.spiral.constructor',
  ])('%s is none', (id) => {
    expect(findDataset(id)).toBeUndefined()
  })
})

const still = (shape: ShapeName): Plane => ({ ...usualPlane(shape), noise: 0 })
const allOf = (plane: Plane) => Object.values(pointsOf(plane)).flat()

const anyDrawn: fc.Arbitrary<readonly LabelledPoint[]> = fc
  .array(
    fc.record({
      x: fc.double({ min: -6, max: 6, noNaN: true }),
      y: fc.double({ min: -6, max: 6, noNaN: true }),
      label: fc.integer({ min: 0, max: DRAWN.classes - 1 }),
    }),
    { minLength: DRAWN.least, maxLength: DRAWN.most },
  )
  .filter((points) => whyTooFew(points) === undefined)

describe('drawn points', () => {
  test('are in the id, near the places where they were drawn', () => {
    fc.assert(
      fc.property(anyDrawn, anyPlane, (points, { test, inputs }) => {
        const id = planeId(withDrawn({ ...usualPlane('drawn'), test, inputs }, points))
        expect(id).toMatch(/^[\w.-]+$/)
        const { plane, classes, train, test: tested } = findDataset(id)!
        expect([plane!.test, plane!.inputs, plane!.drawn!.length]).toEqual([test, inputs, points.length])
        plane!.drawn!.forEach((point, i) => {
          expect(point.label).toBe(points[i].label)
          expect(Math.hypot(point.x - points[i].x, point.y - points[i].y)).toBeLessThan(0.07)
        })
        expect(planeId(plane!)).toBe(id)
        expect(classes.length).toBe(Math.max(...points.map(({ label }) => label)) + 1)
        const parts = pointsOf(plane!)
        expect([parts.train.length, parts.test.length]).toEqual([train, tested])
        expect(train + tested).toBe(points.length)
        expect(tested).toBeGreaterThan(0)
        expect(new Set(parts.train.map(({ label }) => label))).toEqual(new Set(points.map(({ label }) => label)))
      }),
      { numRuns: 60 },
    )
  })

  test('are two clouds at first', () => {
    expect(findDataset('plane.drawn')?.plane?.drawn).toEqual(STARTER)
    expect(findDataset('plane.drawn')?.classes).toEqual(['orange', 'blue'])
  })

  test('of other text, of one class or too few are no data set', () => {
    const id = (points: readonly LabelledPoint[]) => planeId(withDrawn(usualPlane('drawn'), points))
    const one = STARTER.filter(({ label }) => label === 0)
    const many = Array.from({ length: DRAWN.most + 1 }, (_, i) => ({ x: 0, y: 0, label: i % 2 }))
    for (const wrong of [
      'plane.drawn.P',
      'plane.drawn.PQVQ',
      'plane.drawn.P!!!',
      'plane.drawn.n50',
      'plane.drawn.seed2',
      `${id(STARTER.slice(3, 9))}A`,
      id(one),
      id([...one.slice(0, 4), STARTER[6]]),
      id(many),
    ])
      expect(findDataset(wrong), wrong).toBeUndefined()
  })

  test('say what is missing', () => {
    expect(whyTooFew([])).toBe('Draw points of two colours at least.')
    expect(whyTooFew([STARTER[0], STARTER[6]])).toBe('Draw 4 more points.')
    expect(whyTooFew(STARTER.slice(2, 7))).toBe('Draw 1 more point.')
    expect(whyTooFew(STARTER)).toBeUndefined()
  })

  test('a preset on others stays that preset, with an output for each colour; a network of one’s own stays its own', () => {
    const { spec } = findPreset('plane-small', findDataset('plane.spiral'))!
    const three = withDrawn(usualPlane('drawn'), [...STARTER, { x: 0, y: 5, label: 2 }])
    const moved = onPlane({ ...spec, seed: 5 }, three)
    expect(specIssues(moved)).toEqual([])
    expect(presetOf(moved)?.name).toBe('plane-small')
    expect([moved.seed, moved.layers.at(-1)]).toMatchObject([5, { units: 3 }])
    const own = onPlane({ ...spec, learningRate: 0.5, batchSize: 300 }, three)
    expect(specIssues(own)).toEqual([])
    expect(own).toMatchObject({
      learningRate: 0.5,
      trainingSize: datasetOf(own).train,
      batchSize: datasetOf(own).train,
    })
  })
})

describe('points', () => {
  test('are the same each time, others for another seed, and as many of each class for training and for testing', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const { train, test } = pointsOf(plane)
        const { train: trainCount, test: testCount, classes } = datasetOf({ dataset: planeId(plane) })
        expect([train.length, test.length]).toEqual([trainCount, testCount])
        expect(train.length + test.length).toBe(plane.points)
        expect(pointsOf(plane)).toEqual({ train, test })
        expect(pointsOf({ ...plane, seed: (plane.seed + 1) % 9999 }).train).not.toEqual(train)
        for (const part of [train, test]) {
          const counts = classes.map((_, label) => part.filter((point) => point.label === label).length)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
          expect(Math.min(...counts)).toBeGreaterThan(0)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('of two circles lie in a disc and in a ring', () => {
    for (const { x, y, label } of allOf(still('circles'))) {
      const radius = Math.hypot(x, y)
      if (label === 0) expect(radius).toBeLessThanOrEqual(2.5)
      else expect(radius >= 3.5 && radius <= 5).toBe(true)
    }
  })

  test('of exclusive or have the class of the sign of xy', () => {
    for (const { x, y, label } of allOf(still('xor'))) expect(x * y > 0).toBe(label === 0)
  })

  test('of two clouds have the class of the sign of x + y, nearly all', () => {
    const points = allOf(still('gaussians'))
    expect(points.filter(({ x, y, label }) => x + y > 0 === (label === 0)).length).toBeGreaterThan(0.97 * points.length)
  })

  test.each([
    ['spiral', 2, 1.75],
    ['five', 5, 0.4],
  ] as const)('of the %s lie on %i arms', (shape, arms, turns) => {
    for (const { x, y, label } of allOf(still(shape))) {
      const angle = turns * (Math.hypot(x, y) / 5) + label / arms
      const away = Math.atan2(x, y) / (2 * Math.PI) - angle
      expect(away - Math.round(away)).toBeCloseTo(0, 6)
    }
  })

  test('of two moons lie on half circles that reach into each other', () => {
    for (const { x, y, label } of allOf(still('moons'))) {
      const [middleX, middleY, side] = label === 0 ? [-1.5, -0.5, 1] : [1.5, 0.5, -1]
      expect(Math.hypot(x - middleX, y - middleY)).toBeCloseTo(3.25, 6)
      expect(side * (y - middleY)).toBeGreaterThanOrEqual(-1e-9)
    }
  })

  test('are moved by noise, about as far as it says', () => {
    const [quiet, loud] = [allOf(still('spiral')), allOf({ ...still('spiral'), noise: 50 })]
    const moves = quiet.flatMap(({ x, y }, i) => [loud[i].x - x, loud[i].y - y])
    const deviation = Math.sqrt(moves.reduce((sum, move) => sum + move ** 2, 0) / moves.length)
    expect(deviation).toBeGreaterThan(0.93)
    expect(deviation).toBeLessThan(1.07)
  })
})

test('a network gets the inputs that were chosen, in order', () => {
  const values = inputsAt({ inputs: planeInputNames }, [{ x: 2, y: -3 }])
  expect([...values]).toEqual([2, -3, 4, 9, -6, Math.sin(2), Math.sin(-3)].map(Math.fround))
  expect(datasetOf({ dataset: 'plane.xor.x.xy' }).input).toEqual({
    kind: 'features',
    names: ['x', planeInputs.xy.title],
  })
})

test('presets of the plane are for it alone, and valid on every shape', () => {
  for (const dataset of allDatasets()) {
    const names = presetsFor(dataset).map(({ name }) => name)
    expect(names.some((name) => name.startsWith('plane'))).toBe(dataset.plane !== undefined)
    expect(names.some((name) => !name.startsWith('plane'))).toBe(dataset.plane === undefined)
  }
  const least = findDataset('plane.five.n20.test90')!
  for (const { spec } of presetsFor(least)) expect(specIssues(spec)).toEqual([])
})

/** Trains a preset from its start to its end on the processor, and returns the accuracy on the test points. */
async function accuracyOf(id: string, name: string): Promise<number> {
  const dataset = findDataset(id)!
  const { spec } = findPreset(name, dataset)!
  const backend = await createWasm({ build: 'simd', threads: 1 })
  const counts = await loadDataset(dataset, { base: '', stores: backend })
  const [store, bytes] = [storesOf(dataset).trainInputs, storedBytes(dataset.input)]
  const read = async (first: number, count: number) =>
    unpacked(dataset.input, await backend.readStore(store, first * bytes, count * bytes), count)
  const statistics = await inputStatistics(read, counts.trainCount, dataset.plane!.inputs.length)
  const model = compile(spec, counts)
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, statistics)) program.write(buffer, contents)
  const steps = Math.floor((spec.epochs * counts.trainCount) / spec.batchSize)
  for (let step = 0; step < steps; step += HISTORY_SLOTS) {
    const rates = Float32Array.from({ length: HISTORY_SLOTS }, (_, i) => {
      const along = (step + i) / steps
      return spec.schedule.type === 'cosine'
        ? (spec.learningRate * (1 + Math.cos(Math.PI * along))) / 2
        : spec.learningRate
    })
    program.write(model.buffers.rates, rates)
    program.run('train', Math.min(HISTORY_SLOTS, steps - step))
    await program.read(model.buffers.clip)
  }
  program.run('evaluate', model.test.steps)
  const history = await program.read(model.test.history)
  const hits = Array.from({ length: model.test.steps }, (_, i) => history[2 * i + 1]).reduce((a, b) => a + b, 0)
  backend.dispose()
  return hits / counts.testCount
}

test('two layers learn every shape from x and y alone', async () => {
  for (const shape of shapeNames)
    expect(await accuracyOf(`plane.${shape}`, 'plane'), shape).toBeGreaterThanOrEqual(0.96)
  expect(await accuracyOf('plane.spiral', 'plane')).toBeGreaterThanOrEqual(0.98)
})

test('a straight line learns two clouds, not two circles, and two circles from squares', async () => {
  expect(await accuracyOf('plane.gaussians', 'plane-line')).toBeGreaterThanOrEqual(0.97)
  expect(await accuracyOf('plane.circles', 'plane-line')).toBeLessThan(0.75)
  expect(await accuracyOf('plane.circles.xx.yy', 'plane-line')).toBeGreaterThanOrEqual(0.98)
})
