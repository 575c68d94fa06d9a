// Fine-tuning of a run's network on drawings, and the way back.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { rasterise, type Stroke } from '../src/data/drawing'
import { NO_DIGIT } from '../src/kernels/labels'
import type { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { losable } from './losable'
import { softmax as spec, until, WatchedSession } from './training-session'

let watched: WatchedSession
let session: LocalSession

beforeEach(() => {
  watched = new WatchedSession(() => losable())
  session = watched.session
})

const open = () => watched.open()

describe('fine-tuning', () => {
  const diagonal: Stroke[] = [
    [
      { x: 0.1, y: 0.1 },
      { x: 0.8, y: 0.9 },
    ],
  ]
  const box: Stroke[] = [
    [
      { x: 0.2, y: 0.2 },
      { x: 0.8, y: 0.2 },
      { x: 0.8, y: 0.8 },
      { x: 0.2, y: 0.8 },
      { x: 0.2, y: 0.2 },
    ],
  ]
  const drawings = [
    { strokes: diagonal, label: 7 },
    { strokes: box, label: 3 },
  ]

  it('does nothing without a network or without drawings', async () => {
    expect(await session.fineTune(drawings)).toBeUndefined()
    await open()
    await session.reset(spec)
    expect(await session.fineTune([])).toBeUndefined()
    expect(await session.undoFineTuning()).toBe(false)
  })

  it('teaches drawings, reports its results, and can be undone', async () => {
    await open()
    await session.reset(spec)
    await watched.running()
    const images = drawings.map(({ strokes }) => rasterise(strokes))
    const said = () => Promise.all(images.map((image) => session.predict(image)))
    const result = await session.fineTune(drawings)
    expect(watched.phase).toBe('paused')
    const after = await said()
    expect(after.map((prediction) => prediction?.label)).toEqual([7, 3])
    expect(result?.after.drawings).toEqual([true, true])
    expect(result?.steps).toBeGreaterThan(0)
    expect(result?.before.testAccuracy).toBeGreaterThan(0.5)
    expect(result?.after.testAccuracy).toBeGreaterThan(0.9) // of made-up digits that are easy to keep

    expect(await session.undoFineTuning()).toBe(true)
    const undone = await said()
    expect(undone.map((prediction, i) => prediction?.label === drawings[i].label)).toEqual(result?.before.drawings)
    expect(await session.undoFineTuning()).toBe(false)
    const again = await session.fineTune(drawings)
    expect(again?.before).toEqual(result?.before)
  })

  it('mixes in drawings that are no digit, if the network has learnt that class', async () => {
    await open()
    await session.reset({ ...spec, styleShare: 0.5 })
    await session.step()
    const store = vi.spyOn(watched.backends[0], 'store')
    await session.fineTune(drawings)
    const [, labels] = store.mock.results.map(({ value }) => (value as { byteLength: number }).byteLength)
    expect(store.mock.calls.map(([name]) => name)).toEqual(['taught-inputs', 'taught-labels'])
    expect(labels).toBe(1024 + 40)
    const { labels: mixed } = makeSynthetic(40)
    expect(mixed.filter((label) => label === NO_DIGIT)).toHaveLength(5)
    expect([...mixed.slice(0, 16)].filter((label) => label === NO_DIGIT)).toHaveLength(2)
  })

  it('leaves no buffer behind, and ends when the run goes on', async () => {
    await open()
    await session.reset(spec)
    await session.step()
    const before = await session.memory()
    expect(await session.fineTune(drawings)).toBeDefined()
    expect(await session.memory()).toEqual(before)
    await session.step()
    expect(await session.undoFineTuning()).toBe(false)
  })

  it('is kept when the device is lost', async () => {
    await open()
    await session.reset(spec)
    await session.step()
    await session.fineTune(drawings)
    await session.loseDevice()
    await until(() => watched.problems.length > 0, 'the loss')
    await session.train()
    await session.pause()
    expect((await session.predict(rasterise(diagonal)))?.label).toBe(7)
  })
})
