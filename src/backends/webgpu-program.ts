// A plan on a WebGPU device: its bind groups and buffers, replayed as compute dispatches.

import type { Dtype } from '../kernels/kernel'
import { elementsOf, type Buffer, type Elements, type Lists } from '../kernels/plan'
import type { CallTime, Program } from './types'
import { nudged, type DeviceMemory } from './webgpu-memory'
import { repeatsAfter, timestamps } from './webgpu-contest'
import { encode, median, timeAll, type Dispatch } from './webgpu-timer'

/** Least timings of a call that a profile takes the median of. */
const LEAST_ROUNDS = 3

/** A dispatch, with the figures that a profile reports. */
export interface BoundDispatch extends Dispatch {
  readonly kernel: string
  readonly variant: string
}

export class WebGPUProgram<L extends string> implements Program<L> {
  constructor(
    private readonly device: GPUDevice,
    private readonly memory: DeviceMemory,
    private readonly buffers: readonly GPUBuffer[],
    private readonly lists: Lists<L, BoundDispatch>,
    private readonly own: readonly GPUBuffer[],
  ) {}

  write(buffer: Buffer, data: Float32Array | Uint32Array, start = 0): void {
    this.device.queue.writeBuffer(this.buffers[buffer.id], start * 4, data as Float32Array<ArrayBuffer>)
  }

  run(list: L, times: number): void {
    const encoder = this.device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    for (let i = 0; i < times; i++) {
      for (const dispatch of this.lists[list]) encode(pass, dispatch)
    }
    pass.end()
    this.device.queue.submit([encoder.finish()])
  }

  async read<D extends Dtype>(buffer: Buffer<D>, start = 0, count = buffer.size - start): Promise<Elements[D]> {
    const bytes = await this.memory.read(this.buffers[buffer.id], start * 4, count * 4)
    return elementsOf(buffer, bytes)
  }

  settled(): Promise<void> {
    return nudged(this.device, this.device.queue.onSubmittedWorkDone())
  }

  async profile(list: L, times: number): Promise<readonly CallTime[]> {
    const calls = this.lists[list]
    if (!this.device.features.has('timestamp-query')) {
      return calls.map(({ kernel, variant }) => ({ kernel, variant, seconds: undefined }))
    }
    let timed = calls.map((dispatch) => ({ dispatch, repeats: 1 }))
    await timeAll(this.device, timed) // the first run of a pipeline may include its compilation
    // Twice, because a clock of coarse ticks tells little of one dispatch.
    for (let i = 0; i < 2; i++) {
      const taken = await timeAll(this.device, timed)
      timed = timed.map(({ dispatch, repeats }, at) => {
        return { dispatch, repeats: repeatsAfter(repeats, taken[at], timestamps) }
      })
    }
    const rounds = timed.map(({ repeats }) => Math.max(LEAST_ROUNDS, Math.ceil(times / repeats)))
    const seconds = timed.map((): number[] => [])
    for (let round = 0; round < Math.max(...rounds); round++) {
      const due = timed.map((_, at) => at).filter((at) => rounds[at] > round)
      const taken = await timeAll(
        this.device,
        due.map((at) => timed[at]),
      )
      due.forEach((at, i) => seconds[at].push(taken[i] / timed[at].repeats))
    }
    return calls.map(({ kernel, variant }, at) => ({ kernel, variant, seconds: median(seconds[at]) }))
  }

  variants(list: L): readonly string[] {
    return this.lists[list].map(({ variant }) => variant)
  }

  dispose(): void {
    this.own.forEach((buffer) => this.memory.destroy(buffer))
  }
}
