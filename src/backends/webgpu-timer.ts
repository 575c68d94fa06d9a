// Times dispatches on a device: by timestamp queries if it has them, else by waiting for the results.

import type { Pass } from './webgpu-pipelines'

/** Work for the device. */
export interface Dispatch {
  readonly passes: readonly Pass[]
  readonly bindGroup: GPUBindGroup
}

/** Seconds of one timing of a dispatch: browsers round timestamps to 0.1 ms. */
const TIMED_SECONDS = 0.002
/** Most repeats in a timing. */
const MOST_REPEATS = 100
/** Idle round trips that the middle one is taken of. */
const IDLE_TRIPS = 3
/** Most queries of a query set. */
const MOST_QUERIES = 4096

/** Repeats for a good timing of a dispatch that takes so many seconds. */
export function repeatsFor(seconds: number): number {
  return Math.max(1, Math.min(MOST_REPEATS, Math.ceil(TIMED_SECONDS / Math.max(seconds, 1e-9))))
}

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

/** A dispatch that is timed. */
export interface Timed {
  readonly dispatch: Dispatch
  readonly repeats: number
}

/** Seconds of each dispatch, of one repeat. */
export async function timeDispatches(device: GPUDevice, timed: readonly Timed[]): Promise<number[]> {
  return (await timeAll(device, timed)).map((seconds, i) => seconds / timed[i].repeats)
}

/** Seconds of each dispatch, of all its repeats. Where the device has no clock, each waits for a round trip to the device of its own. */
export async function timeAll(device: GPUDevice, timed: readonly Timed[]): Promise<number[]> {
  const seconds: number[] = []
  const together = device.features.has('timestamp-query') ? MOST_QUERIES / 2 : 1
  for (let first = 0; first < timed.length; first += together) {
    const part = timed.slice(first, first + together)
    const clock = together > 1 ? createClock(device, part.length) : undefined
    const encoder = device.createCommandEncoder()
    part.forEach(({ dispatch, repeats }, i) => {
      const pass = encoder.beginComputePass(clock?.around(i))
      for (let j = 0; j < repeats; j++) encode(pass, dispatch)
      pass.end()
    })
    clock?.finish(encoder)
    const start = performance.now()
    device.queue.submit([encoder.finish()])
    const spent = clock ? await clock.read() : [await waited(device, start)]
    seconds.push(...spent)
  }
  return seconds
}

/** Seconds of a round trip to a device that has nothing to do. */
export async function idleTrip(device: GPUDevice): Promise<number> {
  const trips: number[] = []
  for (let i = 0; i < IDLE_TRIPS; i++) {
    const start = performance.now()
    device.queue.submit([])
    trips.push(await waited(device, start))
  }
  return median(trips)
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
