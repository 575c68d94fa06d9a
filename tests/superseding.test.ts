// Data sets that are asked for while others load: the newest wins, and what fails is told once.

import { beforeEach, expect, test } from 'vitest'
import { DataError } from '../src/datasets/load'
import { Arrivals, cut, digits, features } from './arrivals'
import { until, type WatchedSession } from './training-session'

let arrivals: Arrivals
let watched: WatchedSession

beforeEach(() => {
  arrivals = new Arrivals()
  watched = arrivals.watched
})

test('a newer data set supersedes at once the one that loads, for the first opening or for a run', async () => {
  const { session } = watched
  arrivals.never()
  const asked = [watched.open(), session.reset(digits)] as const
  await arrivals.loading('mnist')
  arrivals.arrival = Promise.resolve()
  expect(await session.reset(features)).toBe(true)
  expect(await asked[1], 'resolves as the newer').toBe(true)
  arrivals.never()
  const older = [session.reset(digits)]
  await arrivals.loading('mnist')
  older.push(session.reset({ ...features, seed: 2 }), session.reset(digits))
  expect(await session.reset({ ...features, seed: 3 })).toBe(true)
  expect(await Promise.all(older)).toEqual([true, true, true])
  expect(watched.only('reset').map(({ spec }) => spec.seed)).toEqual([features.seed, 3])
  expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'odd-features', ready: true })
  expect(watched.problems).toEqual([])
})

test('a data set that is chosen while a run moves to another device waits for that run, which is not lost', async () => {
  const { session } = watched
  await watched.open()
  await session.reset(digits)
  await session.step()
  const arrive = arrivals.never()
  const opening = watched.open('reference')
  await until(() => arrivals.begun.length === 2, 'loading again')
  const reset = session.reset(features)
  arrivals.refused = new DataError('Odd features', 'is not in this build')
  arrive()
  await opening
  expect(await reset).toBe(false)
  expect(watched.only('rewind')).toEqual([{ type: 'rewind', step: 1 }])
})

test('a data set that fails to load fails once for all who asked for it; who asks later loads it again', async () => {
  const { session } = watched
  await watched.open()
  await session.reset(digits)
  const fail = arrivals.never()
  const samples = arrivals.samplesOf(features)
  const [reset, train] = [session.reset(features), session.train()]
  await arrivals.loading('odd-features')
  fail(cut())
  expect(await samples).toEqual([])
  expect(await reset).toBe(false)
  await train
  expect(arrivals.begun).toEqual(['mnist', 'odd-features'])
  expect(watched.problems.map(({ kind }) => kind)).toEqual(['data'])
  arrivals.arrival = Promise.resolve()
  expect(await session.reset(features)).toBe(true)
})

test('a data set holds up no command while its examples load, and nothing is said of it once others are looked at', async () => {
  const { session } = watched
  await watched.open()
  await session.reset(digits)
  arrivals.never()
  const samples = arrivals.samplesOf(features)
  await arrivals.loading('odd-features')
  await session.step()
  expect(watched.step).toBe(1)
  expect(await arrivals.samplesOf(digits)).toHaveLength(4)
  expect(await samples).toEqual([])
  expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'mnist', total: 10, ready: true })
  expect(watched.problems).toEqual([])
})

test('a data set goes on loading for a run while examples of the old are looked at', async () => {
  const { session } = watched
  await watched.open()
  await session.reset(digits)
  const arrive = arrivals.never()
  const [samples, reset] = [arrivals.samplesOf(features), session.reset(features)]
  await arrivals.loading('odd-features')
  const others = arrivals.samplesOf(digits)
  arrive()
  expect(await reset).toBe(true)
  expect(await samples).toHaveLength(4)
  expect(await others).toEqual([])
  expect(arrivals.begun).toEqual(['mnist', 'odd-features'])
})
