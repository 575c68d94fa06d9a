// The WebGPU backend: replays a plan as compute dispatches. Pipelines, layouts and data stores belong to the device;
// buffers and bind groups belong to the program. Only the files webgpu*.ts speak of GPU objects.

import type { Dtype } from '../kernels/kernel'
import type { ProductVariant } from '../kernels/matmul'
import { elementsOf, listNames, type Buffer, type Call, type Elements, type ListName, type Plan } from '../kernels/plan'
import {
  DeviceLostError,
  DeviceMemoryError,
  type Backend,
  type CallTime,
  type DataStore,
  type DeviceInfo,
  type DeviceLoss,
  type Program,
} from './types'
import { median } from './median'
import { storeNamed } from './stores'
import { Autotune } from './webgpu-autotune'
import { createPipelines, type Prepared } from './webgpu-pipelines'
import { encode, repeatsFor, timeDispatches, type Dispatch } from './webgpu-timer'

/** WebGPU cannot be used here; the message says why, as a sentence for a person. */
export class WebGPUUnavailable extends Error {
  override name = 'WebGPUUnavailable'
}

/** Features that are used where the adapter has them. */
const wanted: readonly string[] = ['subgroups', 'timestamp-query']

/** Which of a kernel's variants to run; kernels that have none of them run their first. */
export interface WebGPUOptions {
  /** This one. */
  readonly variant?: ProductVariant
  /** The fastest of these. */
  readonly candidates?: readonly ProductVariant[]
}

/** Asks for an adapter and a device. @throws WebGPUUnavailable */
export async function createWebGPU(options: WebGPUOptions = {}): Promise<Backend> {
  if (globalThis.isSecureContext === false) {
    throw new WebGPUUnavailable('Browsers offer WebGPU only on https pages and on localhost.')
  }
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu
  if (!gpu) throw new WebGPUUnavailable('This browser has no WebGPU.')
  let adapter: GPUAdapter | null
  let device: GPUDevice
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) throw new WebGPUUnavailable('WebGPU found no graphics adapter here.')
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits
    device = await adapter.requestDevice({
      requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
      requiredFeatures: [...adapter.features].filter((feature): feature is GPUFeatureName => wanted.includes(feature)),
    })
  } catch (error) {
    if (error instanceof WebGPUUnavailable) throw error
    throw new WebGPUUnavailable(`WebGPU gave no device: ${String(error)}.`)
  }
  // Browsers of the first years have no `info`, or tell of fallback adapters on the adapter itself.
  const older = adapter as { readonly info?: Partial<GPUAdapterInfo>; readonly isFallbackAdapter?: boolean }
  const { vendor, architecture, description } = older.info ?? {}
  const isFallbackAdapter = older.info?.isFallbackAdapter ?? older.isFallbackAdapter ?? false
  const info: DeviceInfo = {
    kind: 'webgpu',
    label: 'WebGPU',
    adapter: description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter',
    software: isFallbackAdapter,
    features: [...device.features].sort(),
  }
  // On a software adapter the barriers of the others cost 50 times what the product does, `quads` were the faster in all of 17
  // shapes, and making the pipelines to find out takes as long as hundreds of steps.
  const software = device.features.has('subgroups') ? (['quads'] as const) : (['blocks'] as const)
  // `quads` relies on how invocations are laid out in subgroups, which is known of software and not promised by WGSL.
  const hardware = ['tiles', 'split', 'blocks'] as const
  const candidates = options.candidates ?? (isFallbackAdapter ? software : hardware)
  return new WebGPUBackend(device, info, options.variant ? [options.variant] : candidates)
}

/** Fewest timings of a call that a profile takes the median of. */
const LEAST_ROUNDS = 3

/** Bytes of the largest read-back buffer that is kept for the next read. */
const LARGEST_IDLE = 65_536

class WebGPUBackend implements Backend {
  readonly lost: Promise<DeviceLoss>
  readonly fault: Promise<Error>
  readonly #autotune
  readonly #alive = new Set<GPUBuffer>()
  readonly #stores = new Map<string, GPUBuffer>()
  /** Read-back buffers that nobody uses now, by size. */
  readonly #idle = new Map<number, GPUBuffer[]>()
  /** Errors of making data stores, which is not waited for until a program needs them. */
  #making: Promise<void>[] = []
  #disposed = false

  constructor(
    private readonly device: GPUDevice,
    private readonly facts: DeviceInfo,
    candidates: readonly string[],
  ) {
    this.#autotune = new Autotune(device, createPipelines(device), facts.adapter, candidates)
    this.lost = new Promise((resolve) => {
      void device.lost.then(({ message, reason }) => {
        if (!this.#disposed) resolve({ message: message || `reason: ${reason}` })
      })
    })
    this.fault = new Promise((resolve) => {
      device.addEventListener('uncapturederror', ({ error }) => resolve(new Error(`WebGPU: ${error.message}`)))
    })
  }

  get info(): DeviceInfo {
    return { ...this.facts, kernels: this.#autotune.summary }
  }

  store(name: string, byteLength: number): DataStore {
    this.drop(name)
    const { made: buffer, checked } = this.#guarded(() => this.#create(name, byteLength, GPUBufferUsage.STORAGE))
    checked.catch(() => {}) // met again in prepare
    this.#making.push(checked)
    this.#stores.set(name, buffer)
    const { queue } = this.device
    // The queue takes whole words only, so what is left of one waits here for the bytes that follow.
    const word = new Uint8Array(4)
    return {
      byteLength,
      write: (offset, bytes) => {
        let from = 0
        while (from < bytes.length) {
          const at = (offset + from) & 3
          const whole = (bytes.length - from) & ~3
          if (at === 0 && whole > 0) {
            queue.writeBuffer(buffer, offset + from, bytes as Uint8Array<ArrayBuffer>, from, whole)
            from += whole
          } else {
            word[at] = bytes[from]
            if (at === 3 || offset + from + 1 === byteLength) {
              queue.writeBuffer(buffer, offset + from - at, word)
              word.fill(0)
            }
            from++
          }
        }
      },
    }
  }

  async readStore(name: string, offset: number, byteLength: number): Promise<Uint8Array> {
    const buffer = storeNamed(this.#stores, name)
    const start = offset & ~3
    const copy = await this.read(buffer, start, ((offset + byteLength + 3) & ~3) - start)
    return new Uint8Array(copy, offset - start, byteLength)
  }

  drop(name: string): void {
    const buffer = this.#stores.get(name)
    if (buffer) this.destroy(buffer)
    this.#stores.delete(name)
  }

  async prepare(plan: Plan): Promise<Program> {
    const own: GPUBuffer[] = []
    try {
      const making = this.#making
      this.#making = []
      await Promise.all(making)
      const { made: buffers, checked } = this.#guarded(() => plan.buffers.map((buffer) => this.#memoryOf(buffer, own)))
      await checked
      const calls = listNames.flatMap((list) => plan.lists[list])
      const bind = (call: Call, prepared: Prepared) => this.#bind(call, prepared, buffers)
      const prepared = await this.#autotune.prepare(calls, bind, () => this.#clear(own))
      const bound = this.#guarded(() => {
        const dispatches = calls.map((call, i) => bind(call, prepared[i]))
        const lists = listNames.map((list) => [list, dispatches.splice(0, plan.lists[list].length)])
        return Object.fromEntries(lists) as Record<ListName, Bound[]>
      })
      await bound.checked
      return new WebGPUProgram(this, this.device, buffers, bound.made, own)
    } catch (error) {
      own.forEach((buffer) => this.destroy(buffer))
      throw error
    }
  }

  #bind(
    { kernel, buffers: bound }: Call,
    { pipeline, layout, workgroups, variant }: Prepared,
    buffers: GPUBuffer[],
  ): Bound {
    const entries = Object.keys(kernel.bindings).map((name, binding) => ({
      binding,
      resource: { buffer: buffers[bound[name].id] },
    }))
    const bindGroup = this.device.createBindGroup({ layout, entries })
    return { pipeline, bindGroup, workgroups, kernel: kernel.name, variant }
  }

  #clear(buffers: readonly GPUBuffer[]): void {
    const encoder = this.encoder()
    for (const buffer of buffers) encoder.clearBuffer(buffer)
    this.queue.submit([encoder.finish()])
  }

  /** Does what `make` does inside error scopes. `checked` rejects with DeviceMemoryError, or an Error for a validation error. */
  #guarded<T>(make: () => T): { made: T; checked: Promise<void> } {
    this.device.pushErrorScope('validation')
    this.device.pushErrorScope('out-of-memory')
    let scopes: [Promise<GPUError | null>, Promise<GPUError | null>] | undefined
    try {
      const made = make()
      scopes = [this.device.popErrorScope(), this.device.popErrorScope()]
      return { made, checked: check(...scopes) }
    } finally {
      if (!scopes) void Promise.allSettled([this.device.popErrorScope(), this.device.popErrorScope()])
    }
  }

  #memoryOf({ name, size, store }: Buffer, own: GPUBuffer[]): GPUBuffer {
    const most = Math.min(this.device.limits.maxStorageBufferBindingSize, this.device.limits.maxBufferSize)
    if (size * 4 > most) {
      const [megabytes, limit] = [size * 4, most].map((bytes) => Math.round(bytes / 1e6).toLocaleString('en'))
      throw new DeviceMemoryError(
        `This run needs a buffer of ${megabytes} MB (${name}), and this graphics device takes ${limit} MB at most. A smaller batch or network needs less.`,
      )
    }
    if (store === undefined) {
      const buffer = this.#create(name, size * 4, GPUBufferUsage.STORAGE)
      own.push(buffer)
      return buffer
    }
    return storeNamed(this.#stores, store)
  }

  get queue(): GPUQueue {
    return this.device.queue
  }

  encoder(): GPUCommandEncoder {
    return this.device.createCommandEncoder()
  }

  /**
   * Copies bytes back through a MAP_READ buffer; offset and length in whole words.
   * @throws DeviceLostError when the device is gone, another error when the read itself is wrong.
   */
  async read(source: GPUBuffer, offset: number, byteLength: number): Promise<ArrayBuffer> {
    // Small read-backs (losses, outputs) come many times a second: their buffers wait here for the next one.
    const keep = byteLength <= LARGEST_IDLE
    const size = keep ? 2 ** Math.ceil(Math.log2(Math.max(byteLength, 256))) : byteLength
    const idle = this.#idle.get(size) ?? []
    if (keep) this.#idle.set(size, idle)
    const staging = idle.pop() ?? this.#create('read-back', size, GPUBufferUsage.MAP_READ)
    try {
      const encoder = this.encoder()
      encoder.copyBufferToBuffer(source, offset, staging, 0, byteLength)
      this.queue.submit([encoder.finish()])
      await staging.mapAsync(GPUMapMode.READ, 0, byteLength)
      const copy = staging.getMappedRange(0, byteLength).slice(0)
      staging.unmap()
      if (keep) idle.push(staging)
      else this.destroy(staging)
      return copy
    } catch (error) {
      this.destroy(staging)
      // A map is refused a moment before the loss itself is told.
      const lost = await Promise.race([this.device.lost, new Promise<undefined>((resolve) => setTimeout(resolve, 100))])
      const message = `${lost ? 'The graphics device went away during a read' : 'A read from the graphics device failed'}: ${String(error)}`
      throw lost ? new DeviceLostError(message) : new Error(message)
    }
  }

  destroy(buffer: GPUBuffer): void {
    this.#alive.delete(buffer)
    buffer.destroy()
  }

  memory() {
    return { buffers: this.#alive.size, bytes: [...this.#alive].reduce((sum, { size }) => sum + size, 0) }
  }

  lose(): void {
    this.device.destroy()
  }

  dispose(): void {
    this.#disposed = true
    for (const buffer of this.#alive) this.destroy(buffer)
    this.device.destroy()
  }

  #create(label: string, byteLength: number, usage: number): GPUBuffer {
    const copies = GPUBufferUsage.COPY_DST | (usage === GPUBufferUsage.MAP_READ ? 0 : GPUBufferUsage.COPY_SRC)
    // Whole vec4s: kernels read data as vec4.
    const buffer = this.device.createBuffer({ label, size: Math.ceil(byteLength / 16) * 16, usage: usage | copies })
    this.#alive.add(buffer)
    return buffer
  }
}

/** Tells what error scopes caught. @throws DeviceMemoryError, or an Error for a validation error */
async function check(memory: Promise<GPUError | null>, validation: Promise<GPUError | null>): Promise<void> {
  const tooLittle = await memory
  const refused = await validation
  if (tooLittle) {
    throw new DeviceMemoryError(
      `The graphics device has too little memory for this run (${tooLittle.message}). A smaller batch or network needs less.`,
    )
  }
  if (refused) throw new Error(`WebGPU refused the run: ${refused.message}`)
}

/** A dispatch with what a profile tells of it. */
interface Bound extends Dispatch {
  readonly kernel: string
  readonly variant: string
}

class WebGPUProgram implements Program {
  constructor(
    private readonly backend: WebGPUBackend,
    private readonly device: GPUDevice,
    private readonly buffers: readonly GPUBuffer[],
    private readonly lists: Readonly<Record<ListName, readonly Bound[]>>,
    private readonly own: readonly GPUBuffer[],
  ) {}

  write(buffer: Buffer, data: Float32Array | Uint32Array, start = 0): void {
    this.backend.queue.writeBuffer(this.buffers[buffer.id], start * 4, data as Float32Array<ArrayBuffer>)
  }

  run(list: ListName, times: number): void {
    const encoder = this.backend.encoder()
    const pass = encoder.beginComputePass()
    for (let i = 0; i < times; i++) {
      for (const dispatch of this.lists[list]) encode(pass, dispatch)
    }
    pass.end()
    this.backend.queue.submit([encoder.finish()])
  }

  async read<D extends Dtype>(buffer: Buffer<D>, start = 0, count = buffer.size - start): Promise<Elements[D]> {
    const bytes = await this.backend.read(this.buffers[buffer.id], start * 4, count * 4)
    return elementsOf(buffer, bytes)
  }

  settled(): Promise<void> {
    return this.backend.queue.onSubmittedWorkDone()
  }

  async profile(list: ListName, times: number): Promise<readonly CallTime[]> {
    const calls = this.lists[list]
    if (!this.device.features.has('timestamp-query')) {
      return calls.map(({ kernel, variant }) => ({ kernel, variant, seconds: undefined }))
    }
    const once = calls.map((dispatch) => ({ dispatch, repeats: 1 }))
    await timeDispatches(this.device, once) // the first run of a pipeline may pay for its making
    const timed = (await timeDispatches(this.device, once)).map((seconds, i) => {
      const repeats = repeatsFor(seconds)
      return {
        dispatch: calls[i],
        repeats,
        rounds: Math.max(LEAST_ROUNDS, Math.ceil(times / repeats)),
        taken: [] as number[],
      }
    })
    for (let round = 0, due = timed; due.length > 0; due = timed.filter(({ rounds }) => rounds > round)) {
      const seconds = await timeDispatches(this.device, due)
      due.forEach(({ taken }, i) => taken.push(seconds[i]))
      round++
    }
    return timed.map(({ dispatch: { kernel, variant }, taken }) => ({ kernel, variant, seconds: median(taken) }))
  }

  variants(list: ListName): readonly string[] {
    return this.lists[list].map(({ variant }) => variant)
  }

  dispose(): void {
    this.own.forEach((buffer) => this.backend.destroy(buffer))
  }
}
