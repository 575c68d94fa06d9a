// The page and its worker: data that does not load, and a data set that takes the place of another.

import { expect, test, vi } from 'vitest'
import { findDataset } from '../src/datasets'
import { findPreset } from '../src/model/presets'
import type { Sample, SamplesRequest } from '../src/session/protocol'
import { kinds, notebook, open, settled } from './mock-worker'

test('Train and Step ask again for data that did not load', async () => {
  for (const press of ['act', 'step'] as const) {
    const { page, session, fail } = open()
    await vi.waitFor(() => expect(page.run.spec).toBeDefined())
    fail('data')
    await page.transport[press]()
    expect(session.open).toHaveBeenCalledTimes(2)
    expect(kinds(page)).toEqual([])
    expect(session[press === 'act' ? 'train' : 'step']).toHaveBeenCalledTimes(1)
  }
})

test('another data set is asked for at once, while the first still loads', async () => {
  const samples = vi.fn((_: SamplesRequest): Promise<readonly Sample[]> => new Promise(() => {}))
  const { page, session, load } = open(samples)
  session.reset.mockImplementation(() => new Promise(() => {}))
  const fashion = findPreset('default', findDataset('fashion-mnist'))!.spec
  page.draft.replace(fashion)
  expect(session.reset.mock.lastCall).toEqual([fashion])
  load(true)
  expect(samples.mock.lastCall?.[0].spec).toEqual(fashion)
  page.draft.replace(notebook)
  expect(session.reset.mock.lastCall).toEqual([notebook])
  expect(samples.mock.lastCall?.[0].spec).toEqual(notebook)
})

test('Keep the current run asks for its examples, which ends what is told of the other data set', async () => {
  const samples = vi.fn(async ({ spec }: SamplesRequest): Promise<readonly Sample[]> => {
    await Promise.resolve()
    if (spec.dataset === 'mnist') {
      load(true)
      return [{ example: new Uint8Array(784), label: 7 }]
    }
    tell({ type: 'data', dataset: spec.dataset, loaded: 0, total: 0, ready: false })
    fail('data')
    return []
  })
  const { page, session, be, fail, load, tell } = open(samples)
  load(true)
  await settled(page)
  await vi.waitFor(() => expect(page.samples.shown).toHaveLength(1))
  be('paused')
  session.reset.mockResolvedValueOnce(false)
  page.draft.replace(findPreset('default', findDataset('fashion-mnist'))!.spec)
  await vi.waitFor(() => expect(kinds(page)).toEqual(['data']))
  const asked = samples.mock.calls.length
  page.draft.edit({ seed: 9 }) // no new attempt because of an edit
  expect(samples.mock.calls).toHaveLength(asked)
  page.transport.revert()
  await vi.waitFor(() => expect(kinds(page)).toEqual([]))
  expect(page.run.data).toMatchObject({ dataset: 'mnist', ready: true })
})

test('data that did not load is not loaded because of an edit, but for another data set', async () => {
  const { page, session, fail, load } = open()
  load(true)
  await settled(page)
  load(false)
  fail('data')
  session.reset.mockClear()
  page.draft.edit({ batchSize: 32 })
  expect(session.reset).not.toHaveBeenCalled()
  expect(page.transport.changes).toEqual(['batchSize'])
  page.draft.replace(findPreset('default', findDataset('fashion-mnist'))!.spec)
  expect(session.reset).toHaveBeenCalledTimes(1)
})

test('Retry makes the run at step 0 whose data did not arrive', async () => {
  const { page, session, fail, load } = open()
  load(true)
  await settled(page)
  session.reset.mockImplementationOnce(() => {
    fail('data')
    return Promise.resolve(false)
  })
  page.draft.replace({ ...notebook, seed: 5 })
  await settled(page)
  expect(page.run.spec?.seed).not.toBe(5)
  await page.transport.retry()
  expect(session.open).toHaveBeenCalledTimes(2)
  expect(page.run.spec?.seed).toBe(5)
})

test('Retry leaves a run alone that has gone on', async () => {
  const { page, session, be, fail, load } = open()
  load(true)
  await settled(page)
  be('paused')
  page.draft.replace({ ...notebook, seed: 5 })
  fail('data')
  await page.transport.retry()
  expect(session.open).toHaveBeenCalledTimes(2)
  expect(session.reset).toHaveBeenCalledTimes(1)
})

test('data that the build does not have is told as such: no attempt can bring it', () => {
  const { page, fail, tell } = open()
  fail('data')
  expect(page.notices.shown).toMatchObject([{ kind: 'data', lasting: false }])
  tell({ type: 'problem', problem: { kind: 'data', message: 'not in this build', lasting: true } })
  expect(page.notices.shown).toMatchObject([{ kind: 'data', lasting: true }])
})
