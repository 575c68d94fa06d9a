// Every kernel and variant on WebGPU against its reference, without Vitest.

import { DeviceLostError, type Backend } from '../../../src/backends/types'
import { messageOf } from '../../../src/cli/errors'
import { devices, type DeviceName } from '../../devices'
import { devicesFor, kernelRows, someOf } from '../../kernels'
import type { KernelTests } from './parts'

/** Runs one of so many cases of each kernel, and prints a line a kernel. */
export async function testKernels(every: number, subgroups: boolean): Promise<KernelTests> {
  const opened = new Map<DeviceName, Promise<Backend>>()
  const failures: string[] = []
  let cases = 0
  for (const row of kernelRows) {
    const before = { cases, failures: failures.length }
    for (const rowCase of someOf(row.cases, every)) {
      const { constants, parity } = rowCase
      for (const device of devicesFor(row, rowCase)) {
        if (!device.startsWith('WebGPU') || (device === QUADS && !subgroups)) continue
        cases++
        const backend = opened.get(device) ?? devices[device]()
        opened.set(device, backend)
        try {
          await parity.on(await backend)
        } catch (error) {
          failures.push(`${row.kernel} ${JSON.stringify(constants)} on ${device}: ${messageOf(error)}`)
          if (error instanceof DeviceLostError) opened.delete(device) // the next case opens another
        }
      }
      parity.forget()
    }
    const failed = failures.length - before.failures
    console.error(`  ${row.kernel}: cases ${cases - before.cases}, failed ${failed}`)
  }
  const leftOut = subgroups ? undefined : 'The variant quads was not run: this device has no subgroups.'
  return { cases, failures, leftOut }
}

/** The device whose kernels need subgroups. */
const QUADS: DeviceName = 'WebGPU, quads'
