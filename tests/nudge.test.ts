// Waits for devices whose browser looks for finished work only when something is submitted.

import { expect, it, vi } from 'vitest'
import { nudged } from '../src/backends/webgpu-memory'

/** A device that tells of finished work at the next submission. */
function lazyDevice() {
  const waiting: (() => void)[] = []
  const submit = vi.fn(() => waiting.splice(0).forEach((tell) => tell()))
  const device = { queue: { submit } } as unknown as GPUDevice
  return { device, submit, finished: () => new Promise<void>((resolve) => waiting.push(resolve)) }
}

it('a wait is not longer than until the device is nudged', async () => {
  const { device, submit, finished } = lazyDevice()
  await nudged(device, finished())
  expect(submit).toHaveBeenCalledExactlyOnceWith([])
})

it('a wait that is over nudges nobody', async () => {
  vi.useFakeTimers()
  const { device, submit } = lazyDevice()
  expect(await nudged(device, Promise.resolve(7))).toBe(7)
  await expect(nudged(device, Promise.reject(new Error('lost')))).rejects.toThrow('lost')
  vi.advanceTimersByTime(1000)
  expect(submit).not.toHaveBeenCalled()
  vi.useRealTimers()
})
