// Surfaces: what a network answers everywhere in the plane is what it predicts at each place, and a neuron's outputs are those of a look.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { createWasm } from '../src/backends/wasm'
import { findDataset } from '../src/datasets'
import { REACH } from '../src/datasets/plane/plane'
import { gridOf, inputsAt } from '../src/datasets/plane/points'
import { loadDataset } from '../src/datasets/load'
import { findPreset } from '../src/model/presets'
import type { Spec } from '../src/model/spec'
import { loadTiny, softmax, WatchedSession } from './training-session'

const backends = {
  reference: () => createReference(),
  WebAssembly: () => createWasm({ build: 'simd', threads: 1 }),
}

const specOn = (id: string): Spec => findPreset('plane', findDataset(id))!.spec

/** A network with two batch normalisations. */
const normalised: Spec = (() => {
  const spec = specOn('plane.moons')
  const [first, second, output] = spec.layers
  const norm = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 } as const
  return { ...spec, layers: [first, norm, second, norm, output] }
})()

describe.each(Object.entries(backends))('on %s', (_, make) => {
  async function sessionOf(spec: Spec) {
    const watched = new WatchedSession(make, loadDataset)
    const { session } = watched
    await session.open('wasm', '', spec.dataset)
    expect(await session.reset(spec)).toBe(true)
    for (let i = 0; i < 3; i++) await session.step()
    return watched
  }

  it.each([
    ['plane.spiral', specOn('plane.spiral')],
    ['plane.five.noise20.x.xy.sinx', specOn('plane.five.noise20.x.xy.sinx')],
    ['plane.moons', normalised],
  ])('the answers of %s are its predictions', async (id, spec) => {
    const { session, backends, events } = await sessionOf(spec)
    const [plane, side] = [findDataset(id)!.plane!, 5]
    const { classes } = findDataset(id)!
    const place = { layer: 1, unit: 6 }
    const surface = await session.inspect('surface', { side, neuron: place })
    expect(surface).toMatchObject({ step: 3, side, neuron: { place } })
    for (const [i, at] of gridOf(side).entries()) {
      const example = inputsAt(plane, [at])
      const prediction = await session.predict(example)
      const answer = surface!.answers.subarray(i * classes.length, (i + 1) * classes.length)
      prediction!.outputs.forEach((output, label) => expect(answer[label]).toBeCloseTo(output, 5))
      const look = await session.inspect('look', { example, saliency: false })
      expect(surface!.neuron!.values[i]).toBeCloseTo(look!.layers[1][6], 5)
    }
    await session.endInspection('look')
    const held = backends[0].memory().bytes
    await session.endInspection('surface')
    expect(backends[0].memory().bytes).toBeLessThan(held)
    expect(events.filter(({ type }) => type === 'problem')).toEqual([])
  })

  it('follows the network, another run, and another fineness', async () => {
    const { session } = await sessionOf(specOn('plane.moons'))
    const first = await session.inspect('surface', { side: 4 })
    await session.step()
    const next = await session.inspect('surface', { side: 4 })
    expect(next!.step).toBe(4)
    expect(next!.answers).not.toEqual(first!.answers)
    expect((await session.inspect('surface', { side: 6 }))!.answers).toHaveLength(6 * 6 * 2)
    await session.reset(specOn('plane.three'))
    expect((await session.inspect('surface', { side: 6 }))!.answers).toHaveLength(6 * 6 * 3)
  })

  it('knows no neuron that is not there', async () => {
    const { session } = await sessionOf(specOn('plane.moons'))
    for (const place of [
      { layer: 1, unit: 16 },
      { layer: 7, unit: 0 },
    ]) {
      const surface = await session.inspect('surface', { side: 3, neuron: place })
      expect(surface!.neuron).toBeUndefined()
      expect(surface!.answers).toHaveLength(18)
    }
  })
})

it('has none of a network that reads pictures, and none of a wrong fineness', async () => {
  const { session } = new WatchedSession(() => createReference(), loadTiny)
  await session.open('wasm', '')
  await session.reset(softmax)
  expect(await session.inspect('surface', { side: 4 })).toBeUndefined()
  for (const side of [0, 257, 2.5]) await expect(session.inspect('surface', { side })).rejects.toThrow(RangeError)
})

it('goes over the plane from the top left to the bottom right', () => {
  const grid = gridOf(4)
  const middle = (3 / 4) * REACH
  expect(grid[0]).toEqual({ x: -middle, y: middle })
  expect(grid[3]).toEqual({ x: middle, y: middle })
  expect(grid[15]).toEqual({ x: middle, y: -middle })
})
