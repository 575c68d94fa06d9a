// What a core of the CPU can do at best in WebAssembly: see cpu-ceilings.as.

import { relaxed, simd } from 'virtual:cpu-ceilings'
import { median } from '../statistics'
import type { Ceilings } from './gpu-ceilings'
import { throughput, type Timing } from './timing'

/** Multiply-add operations of a round, and rounds of a call. */
const OPERATIONS = 96
const ROUNDS = 1_000_000
/** Bytes read and written by a call. */
const COPIED = 2 ** 27

/** Of one core in WebAssembly, with relaxed SIMD where there is that. */
export async function cpuCeilings(timing: Timing): Promise<Ceilings> {
  const [wide, narrow] = [relaxed, simd].map((text) => Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)))
  const { instance } = await WebAssembly.instantiate(WebAssembly.validate(wide) ? wide : narrow)
  const { multiplyAdd, copy } = instance.exports as { multiplyAdd(rounds: number): number; copy(): void }
  const repeat = (work: () => void) => (times: number) => {
    for (let i = 0; i < times; i++) work()
    return Promise.resolve()
  }
  const flops =
    median(
      await throughput(
        repeat(() => multiplyAdd(ROUNDS)),
        timing,
      ),
    ) *
    ROUNDS *
    OPERATIONS
  const bytes = median(await throughput(repeat(copy), timing)) * COPIED
  return { gigaflops: flops / 1e9, gigabytes: bytes / 1e9 }
}
