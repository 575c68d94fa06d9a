// Times dispatches on a device: by timestamp queries if it has them, else by waiting for the results.

import type { Timed } from './webgpu-contest'
import type { DispatchPass } from './webgpu-pipelines'

/** Work for the device. */
export interface Dispatch {
  readonly passes: readonly DispatchPass[]
  readonly bindGroup: GPUBindGroup
}

/** Idle round trips that are measured. */
const IDLE_TRIPS = 5
/** Most queries of a query set. */
const MOST_QUERIES = 4096

/** The middle of some timings, the upper one of an even count: a few are far off. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

export function encode(encoder: GPUComputePassEncoder, { passes, bindGroup }: Dispatch): void {
  encoder.setBindGroup(0, bindGroup)
  for (const { pipeline, workgroups } of passes) {
    encoder.setPipeline(pipeline)
    encoder.dispatchWorkgroups(...workgroups)
  }
}

/**
 * Seconds of each dispatch, of all its repeats. Each is submitted by itself, so that none of the browser's watchdogs sees them as one.
 * Where the device has no clock, each waits for a round trip of its own.
 */
export async function timeAll(device: GPUDevice, timed: readonly Timed<Dispatch>[]): Promise<number[]> {
  const seconds: number[] = []
  const together = device.features.has('timestamp-query') ? MOST_QUERIES / 2 : 1
  for (let first = 0; first < timed.length; first += together) {
    const part = timed.slice(first, first + together)
    const clock = together > 1 ? createClock(device, part.length) : undefined
    const start = performance.now()
    part.forEach(({ dispatch, repeats }, i) => {
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass(clock?.around(i))
      for (let j = 0; j < repeats; j++) encode(pass, dispatch)
      pass.end()
      if (i === part.length - 1) clock?.finish(encoder)
      device.queue.submit([encoder.finish()])
    })
    seconds.push(...(clock ? await clock.read() : [await waited(device, start)]))
  }
  return seconds
}

/** Seconds of round trips to a device that has nothing to do: the middle one, and how far they lie apart. */
export async function idleTrips(device: GPUDevice): Promise<{ readonly middle: number; readonly spread: number }> {
  const trips: number[] = []
  for (let i = 0; i < IDLE_TRIPS; i++) {
    const start = performance.now()
    device.queue.submit([])
    trips.push(await waited(device, start))
  }
  return { middle: median(trips), spread: Math.max(...trips) - Math.min(...trips) }
}

async function waited(device: GPUDevice, start: number): Promise<number> {
  await device.queue.onSubmittedWorkDone()
  return (performance.now() - start) / 1000
}

/** Timestamps before and after each of `count` passes. */
function createClock(device: GPUDevice, count: number) {
  const bytes = count * 16
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 * count })
  const resolved = device.createBuffer({ size: bytes, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC })
  const staging = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  return {
    around: (i: number): GPUComputePassDescriptor => ({
      timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
    }),
    finish(encoder: GPUCommandEncoder) {
      encoder.resolveQuerySet(querySet, 0, 2 * count, resolved, 0)
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes)
    },
    /** Seconds between the timestamps of each pass; 0 if the clock went back. */
    async read(): Promise<number[]> {
      await staging.mapAsync(GPUMapMode.READ)
      const stamps = new BigUint64Array(staging.getMappedRange())
      const seconds = Array.from({ length: count }, (_, i) =>
        Math.max(0, Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e9),
      )
      for (const made of [querySet, resolved, staging]) made.destroy()
      return seconds
    },
  }
}
