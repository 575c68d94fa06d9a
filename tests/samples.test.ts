// Images of a training batch to look at, as a spec has them.

import { mnist } from '../src/datasets'
import { storesOf } from '../src/datasets/stores'
import { beforeEach, describe, expect, it } from 'vitest'
import { PIXELS } from './tiny-digits'
import type { Sample } from '../src/session/protocol'
import type { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { losable } from './losable'
import { SIZE } from './tiny-digits'
import { softmax as spec, WatchedSession } from './training-session'

let watched: WatchedSession
let session: LocalSession

beforeEach(() => {
  watched = new WatchedSession(() => losable())
  session = watched.session
})

const open = () => watched.open()

describe('digits of a batch', () => {
  const ink = ({ example }: Sample) => Array.from(example).reduce((sum, byte) => sum + byte, 0)
  const warp = { type: 'warp', rotation: 20, scale: 0.2, shear: 0.1, shift: 2, elastic: 0, flip: 0 } as const

  it('come from the shuffled training set, different ones each time', async () => {
    const plain = spec
    expect(await session.inspect('samples', { spec: plain, count: 25, turn: 0 })).toEqual([])
    await open()
    const first = await session.inspect('samples', { spec: plain, count: 25, turn: 0 })
    expect(first).toEqual(await session.inspect('samples', { spec: plain, count: 25, turn: 0 }))
    expect(new Set(first.map(({ label }) => label)).size).toBeGreaterThan(3)
    const backend = watched.backends[0]
    const images = await backend.readStore(storesOf(mnist).trainInputs, 0, SIZE.trainCount * PIXELS)
    const labels = await backend.readStore(storesOf(mnist).trainLabels, 0, SIZE.trainCount)
    const place = ({ example }: Sample) =>
      [...labels.keys()].find((i) => example.every((byte, p) => byte === images[i * PIXELS + p])) ?? -1
    const places = first.map(place)
    expect(places.map((i) => labels[i])).toEqual(first.map(({ label }) => label))
    expect(new Set(places).size).toBe(25)
    const second = await session.inspect('samples', { spec: plain, count: 25, turn: 1 })
    expect(second.map(place).filter((i) => places.includes(i))).toEqual([])
  })

  it('are warped and mixed with synthetic ones as the spec says', async () => {
    await open()
    const plain = spec
    const before = await session.inspect('samples', { spec: plain, count: 25, turn: 0 })
    const warped = await session.inspect('samples', { spec: { ...plain, augmentation: warp }, count: 25, turn: 0 })
    expect(warped.map(({ label }) => label)).toEqual(before.map(({ label }) => label))
    warped.forEach((sample, i) => {
      expect(sample.example).not.toEqual(before[i].example)
      expect(ink(sample)).toBeGreaterThan(0)
    })
    const synthetic = makeSynthetic(40)
    const all = Array.from({ length: 40 }, (_, i) => synthetic.images.slice(i * PIXELS, (i + 1) * PIXELS))
    const isSynthetic = ({ example, label }: Sample) => {
      const place = all.findIndex((image) => image.every((byte, p) => byte === example[p]))
      return place >= 0 && synthetic.labels[place] === label
    }
    expect(
      (await session.inspect('samples', { spec: { ...plain, styleShare: 1 }, count: 25, turn: 0 })).every(isSynthetic),
    ).toBe(true)
    const half = (
      await session.inspect('samples', { spec: { ...plain, styleShare: 0.5 }, count: 200, turn: 0 })
    ).filter(isSynthetic).length
    expect(half).toBeGreaterThan(70)
    expect(half).toBeLessThan(130)
  })

  it('are mirrored left to right as often as the spec says', async () => {
    await open()
    const before = await session.inspect('samples', { spec, count: 100, turn: 0 })
    const still = { ...warp, rotation: 0, scale: 0, shear: 0, shift: 0 }
    const mirrored = async (flip: number) => {
      const augmentation = { ...still, flip }
      const after = await session.inspect('samples', { spec: { ...spec, augmentation }, count: 100, turn: 0 })
      return after.filter(({ example }, i) => {
        const image = before[i].example
        const inverse = image.map((_, p) => image[p - 2 * (p % 28) + 27])
        const [same, flipped] = [image, inverse].map((other) => example.every((byte, p) => byte === other[p]))
        expect(same || flipped).toBe(true)
        return !same
      }).length
    }
    expect(await mirrored(0)).toBe(0)
    expect(await mirrored(1)).toBe(100)
    expect(Math.abs((await mirrored(0.5)) - 50)).toBeLessThan(20)
  })

  it('leave no buffer behind', async () => {
    await open()
    await session.inspect('samples', { spec: { ...spec, styleShare: 0.5 }, count: 25, turn: 0 })
    const before = await session.memory()
    await session.inspect('samples', { spec: { ...spec, styleShare: 0.5, augmentation: warp }, count: 25, turn: 3 })
    expect(await session.memory()).toEqual(before)
  })
})
