// The training loop on a device that answers late: it stays busy, and a pause is prompt. The clock is simulated, and so is the device.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { createReference } from '../src/backends/reference'
import { presets } from '../src/model/presets'
import type { Spec } from '../src/model/spec'
import { Trainer } from '../src/session/trainer'
import { SimulatedDevice, type Latency } from './simulated-device'
import { fillStores } from './tiny-digits'
import { withPrograms } from './with-programs'

async function train(latency: Latency, step: number, batch: number) {
  const device = new SimulatedDevice(latency)
  vi.spyOn(performance, 'now').mockImplementation(() => device.now)
  const reference = createReference()
  fillStores(reference)
  const backend = withPrograms(reference, (program) => ({
    run: (list, times) => device.work(times * (String(list) === 'train' ? step : batch)),
    async read(...args) {
      const values = await program.read(...args)
      await device.answer()
      return values
    },
    settled: () => device.answer(),
  }))
  const spec: Spec = {
    ...presets[0].spec,
    augmentation: { type: 'none' },
    styleShare: 0,
    layers: [{ type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }],
    epochs: 10_000,
  }
  let trainer: Trainer | undefined
  const nothing = () => {}
  const listener = { progress: nothing, train: nothing, test: nothing, validation: nothing, diverged: nothing }
  const data = { trainCount: 60_000, testCount: 10_000 }
  const failed = (error: unknown) => {
    throw error
  }
  void Trainer.create(backend, spec, data, { ...listener, failed }).then((made) => (trainer = made))
  await device.pass(() => trainer !== undefined)
  return { device, trainer: trainer! }
}

afterEach(() => vi.restoreAllMocks())

const latencies: readonly Latency[] = [{ trip: 0.5 }, { trip: 5 }, { trip: 45 }, { trip: 100, polls: true }]
const steps = [0.005, 0.06, 1, 50]

describe.each(latencies)('with answers after %o', (latency) => {
  test.each(steps)('steps of %d ms keep the device busy, and a pause is prompt', async (step) => {
    const { device, trainer } = await train(latency, step, Math.max(0.05, Math.min(50, 2.6 * step)))
    trainer.start()
    const begun = device.now
    await device.pass(() => device.now > begun + 5000)
    const [from, worked] = [device.now, device.worked]
    await device.pass(() => device.now > from + 3000)
    expect((device.worked - worked) / (device.now - from)).toBeGreaterThan(0.9)

    for (let i = 0; i < 5; i++) {
      const asked = device.now
      let paused = false
      void trainer.pause().then(() => (paused = true))
      await device.pass(() => paused)
      expect(device.now - asked).toBeLessThanOrEqual(100 + latency.trip)
      trainer.start()
      const on = device.now
      await device.pass(() => device.now > on + 1000 + 137 * i)
    }
  })
})
