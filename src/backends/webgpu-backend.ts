// The WebGPU backend: replays a plan as compute dispatches. Pipelines, layouts and data stores belong to the device;
// buffers and bind groups belong to the program. Only the files webgpu*.ts speak of GPU objects.

import { mapLists, type Buffer, type Call, type Plan } from '../kernels/plan'
import { storeNamed } from './stores'
import {
  DeviceMemoryError,
  type Backend,
  type DataStore,
  type DeviceInfo,
  type DeviceLoss,
  type Program,
} from './types'
import { Autotune } from './webgpu-autotune'
import { byteWriter, DeviceMemory, guarded } from './webgpu-memory'
import { createPipelines, type Prepared } from './webgpu-pipelines'
import { WebGPUProgram, type BoundDispatch } from './webgpu-program'

/** A device that runs plans. */
export class WebGPUBackend implements Backend {
  readonly lost: Promise<DeviceLoss>
  readonly fault: Promise<Error>
  readonly #autotune
  readonly #memory: DeviceMemory
  readonly #stores = new Map<string, GPUBuffer>()
  /** Errors of making data stores, which is not waited for until a program needs them. */
  #making: Promise<void>[] = []
  #disposed = false

  constructor(
    private readonly device: GPUDevice,
    private readonly facts: DeviceInfo,
    candidates: readonly string[],
  ) {
    this.#memory = new DeviceMemory(device)
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
    const { made: buffer, checked } = guarded(this.device, () =>
      this.#memory.create(name, byteLength, GPUBufferUsage.STORAGE),
    )
    checked.catch(() => {}) // met again in prepare
    this.#making.push(checked)
    this.#stores.set(name, buffer)
    return { byteLength, write: byteWriter(this.device, buffer, byteLength) }
  }

  async readStore(name: string, offset: number, byteLength: number): Promise<Uint8Array> {
    const buffer = storeNamed(this.#stores, name)
    const start = offset & ~3
    const copy = await this.#memory.read(buffer, start, ((offset + byteLength + 3) & ~3) - start)
    return new Uint8Array(copy, offset - start, byteLength)
  }

  drop(name: string): void {
    const buffer = this.#stores.get(name)
    if (buffer) this.#memory.destroy(buffer)
    this.#stores.delete(name)
  }

  async prepare<L extends string>(plan: Plan<L>): Promise<Program<L>> {
    const own: GPUBuffer[] = []
    try {
      const making = this.#making
      this.#making = []
      await Promise.all(making)
      const { made: buffers, checked } = guarded(this.device, () =>
        plan.buffers.map((buffer) => this.#memoryOf(buffer, own)),
      )
      await checked
      const calls = Object.values<readonly Call[]>(plan.lists).flat()
      const bind = (call: Call, prepared: Prepared) => this.#bind(call, prepared, buffers)
      const prepared = await this.#autotune.prepare(calls, bind, () => this.#memory.clear(own))
      const bound = guarded(this.device, () => {
        let next = 0 // lists are gone through in the order of `calls`
        return mapLists(plan.lists, (call) => bind(call, prepared[next++]))
      })
      await bound.checked
      return new WebGPUProgram(this.device, this.#memory, buffers, bound.made, own)
    } catch (error) {
      own.forEach((buffer) => this.#memory.destroy(buffer))
      throw error
    }
  }

  #bind(
    { kernel, buffers: bound }: Call,
    { pipeline, layout, workgroups, variant }: Prepared,
    buffers: GPUBuffer[],
  ): BoundDispatch {
    const entries = Object.keys(kernel.bindings).map((name, binding) => ({
      binding,
      resource: { buffer: buffers[bound[name].id] },
    }))
    const bindGroup = this.device.createBindGroup({ layout, entries })
    return { pipeline, bindGroup, workgroups, kernel: kernel.name, variant }
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
      const buffer = this.#memory.create(name, size * 4, GPUBufferUsage.STORAGE)
      own.push(buffer)
      return buffer
    }
    return storeNamed(this.#stores, store)
  }

  memory() {
    return this.#memory.total()
  }

  lose(): void {
    this.device.destroy()
  }

  dispose(): void {
    this.#disposed = true
    this.#memory.destroyAll()
    this.device.destroy()
  }
}
