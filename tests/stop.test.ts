// Stop: a slow step and a slow preparation are given up, and the run is as it was.

import { expect, test, vi } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import type { Divergence } from '../src/session/protocol'
import { open, settled } from './mock-worker'
import { softmax, WatchedSession } from './training-session'
import { withPrograms } from './with-programs'

/** A reference backend whose calls take so many milliseconds each. */
const slow = (ms: () => number): Backend =>
  withPrograms(createReference(), (program) => ({
    calls: (list) =>
      (program.calls?.(list) ?? []).map((call) => () => {
        const end = performance.now() + ms()
        call()
        while (performance.now() < end);
      }),
  }))

async function watch(backend: () => Backend | Promise<Backend>) {
  const watched = new WatchedSession(backend)
  await watched.open()
  await watched.session.reset(softmax)
  return watched
}

test('a step on a slow CPU is given up between two calls; the next is as if it had never begun', async () => {
  let ms = 40
  const watched = await watch(() => slow(() => ms))
  const { session } = watched
  const before = await session.checkpoint()
  const steps = [session.step(), session.step()]
  await new Promise((resolve) => setTimeout(resolve, 60))
  await session.stop()
  await Promise.all(steps)
  expect([watched.step, watched.phase]).toEqual([0, 'idle'])
  const after = await session.checkpoint()
  expect(after?.snapshot.buffers).toEqual(before?.snapshot.buffers)
  ms = 0
  await session.step()
  const whole = await watch(createReference)
  await whole.session.step()
  expect(watched.step).toBe(1)
  expect((await session.checkpoint())?.snapshot.buffers).toEqual((await whole.session.checkpoint())?.snapshot.buffers)
})

test('a slow step without Stop is the same as a fast one, and a drawing is answered after it', async () => {
  const watched = await watch(() => slow(() => 40))
  const step = watched.session.step()
  await new Promise((resolve) => setTimeout(resolve, 60))
  const answer = await watched.session.predict(new Uint8Array(784))
  await step
  expect(answer?.step).toBe(1)
  const whole = await watch(createReference)
  await whole.session.step()
  expect((await watched.session.checkpoint())?.snapshot.buffers).toEqual(
    (await whole.session.checkpoint())?.snapshot.buffers,
  )
})

test('a drawing is answered after a step that failed', async () => {
  let fails = true
  const watched = await watch(() =>
    withPrograms(createReference(), (program) => ({
      calls: (list) =>
        (program.calls?.(list) ?? []).map((call) => () => {
          if (fails) throw new Error('no memory')
          call()
        }),
    })),
  )
  await watched.session.step()
  expect(watched.problems).toMatchObject([{ kind: 'run', message: 'no memory' }])
  fails = false
  expect(await watched.session.predict(new Uint8Array(784))).toMatchObject({ step: 0 })
})

test('a network that is being made is given up: the old one stays, and another can be made', async () => {
  let ready: () => void = () => {}
  let slowly = false
  const disposed = vi.fn()
  const watched = await watch(() => {
    const inner = createReference()
    return {
      ...inner,
      async prepare(plan) {
        const program = await inner.prepare(plan)
        if (!slowly) return program
        await new Promise<void>((resolve) => (ready = resolve))
        return { ...program, dispose: disposed }
      },
    }
  })
  const { session } = watched
  await session.step()
  slowly = true
  const made = session.reset({ ...softmax, seed: 9 })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await session.stop()
  expect(await made).toBe(false)
  expect([watched.step, watched.phase, watched.problems]).toEqual([1, 'paused', []])
  ready()
  await vi.waitFor(() => expect(disposed).toHaveBeenCalledTimes(1))
  slowly = false
  expect(await session.reset({ ...softmax, seed: 9 })).toBe(true)
})

test('a network is given up before its making begins: in the queue, and while its data is prepared', async () => {
  let read: () => void = () => {}
  const waits = vi.fn(() => new Promise<void>((resolve) => (read = resolve)))
  const watched = await watch(() => {
    const inner = createReference()
    return { ...inner, readStore: (...of) => waits().then(() => inner.readStore(...of)) }
  })
  const { session } = watched
  await session.step()
  const checkpoint = await session.checkpoint()
  const queued = [session.reset({ ...softmax, seed: 9 }), session.restore(checkpoint!)]
  await session.stop()
  expect(await Promise.all(queued)).toEqual([false, false])

  const standardised = session.reset({ ...softmax, input: 'standardised-all' })
  await vi.waitFor(() => expect(waits).toHaveBeenCalled())
  await session.stop()
  waits.mockResolvedValue()
  read()
  expect(await standardised).toBe(false)
  expect([watched.step, watched.phase, watched.problems, watched.only('reset').length]).toEqual([1, 'paused', [], 1])
  expect(await session.reset({ ...softmax, input: 'standardised-all' })).toBe(true)
})

test('an earlier Stop says nothing of what begins later, and holds while the run before is read for Undo', async () => {
  const { page, session, load, be } = open()
  load(true)
  await settled(page)
  let done: () => void = () => {}
  session.step.mockImplementation(() => new Promise((resolve) => (done = resolve)))
  await page.transport.step()
  await page.transport.stop()
  expect(page.transport.stopping).toBe(true)
  done()
  await vi.waitFor(() => expect(page.transport.stopping).toBe(false))
  const recovered = page.transport.recover({ learningRate: 0.01 } as Divergence)
  expect([page.transport.preparing, page.transport.stopping]).toEqual([true, false])
  await recovered

  be('paused', 5)
  const resets = session.reset.mock.calls.length
  const renewed = page.transport.renew()
  await page.transport.stop()
  expect(await renewed).toBe(false)
  expect([page.run.progress.step, session.reset.mock.calls.length]).toEqual([5, resets])
  expect([page.transport.preparing, page.transport.stopping, page.undo.change]).toEqual([false, false, undefined])

  const opened = page.device.open()
  load(true)
  expect([page.transport.preparing, page.transport.stopping]).toEqual([true, false])
  await opened
})

test('the page does not train the old run where a restart with another learning rate is given up', async () => {
  const { page, session, load, be } = open()
  load(true)
  await settled(page)
  be('paused')
  const { spec } = page.draft
  session.reset.mockImplementation(() => Promise.resolve(false))
  await page.transport.restart(spec.learningRate / 2)
  expect(session.train).not.toHaveBeenCalled()
  expect(session.adjust).not.toHaveBeenCalled()
  expect([page.draft.spec, page.run.spec]).toEqual([spec, spec])
})

test('the page drops what was pressed while it prepared, and says that a step is under way', async () => {
  const { page, session, load } = open()
  load(true)
  await settled(page)
  let made: (stands: boolean) => void = () => {}
  session.reset.mockImplementation(() => new Promise((resolve) => (made = resolve)))
  session.stop.mockImplementation(() => Promise.resolve(made(false)))
  page.draft.edit({ batchSize: 32 })
  const pressed = page.transport.act()
  expect(page.transport.preparing).toBe(true)
  await page.transport.stop()
  await pressed
  expect(session.train).not.toHaveBeenCalled()
  expect([page.transport.preparing, page.transport.stopping]).toEqual([false, false])

  let done: () => void = () => {}
  session.step.mockImplementation(() => new Promise((resolve) => (done = resolve)))
  session.stop.mockImplementation(() => Promise.resolve())
  page.transport.revert()
  await page.transport.step()
  expect([page.transport.stepping, page.transport.preparing]).toEqual([true, false])
  await page.transport.stop()
  expect(page.transport.stopping).toBe(true)
  done()
  await vi.waitFor(() => expect([page.transport.stepping, page.transport.stopping]).toEqual([false, false]))
})
