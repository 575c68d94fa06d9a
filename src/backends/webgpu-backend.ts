// The WebGPU backend: replays a plan as compute dispatches. Pipelines, layouts and data stores belong to the device;
// buffers and bind groups belong to the program. Only the files webgpu*.ts speak of GPU objects.

import { isUniform } from '../kernels/kernel'
import { mapLists, type Buffer, type Call, type Plan, type RunList } from '../kernels/plan'
import { storeNamed } from './stores'
import {
  DeviceMemoryError,
  type Backend,
  type DataStore,
  type DeviceInfo,
  type DeviceLoss,
  type Program,
} from './types'
import { Autotune, type Tunable } from './webgpu-autotune'
import { byteWriter, DeviceMemory, guarded } from './webgpu-memory'
import { createPipelines, type Prepared } from './webgpu-pipelines'
import { WebGPUProgram, type BoundDispatch } from './webgpu-program'

/** Label of a buffer between two passes. */
const BETWEEN = 'between two passes'

/** Lists that run often enough to be worth timing. */
const REPEATED: ReadonlySet<string> = new Set<RunList>(['train', 'evaluate', 'validate'])

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
  /** The device is lost or about to be: errors that follow come of that. Firefox reports some, against the specification. */
  #ends = false

  constructor(
    private readonly device: GPUDevice,
    private readonly facts: DeviceInfo,
    candidates: readonly string[],
  ) {
    this.#memory = new DeviceMemory(device)
    this.#autotune = new Autotune(device, createPipelines(device), facts.adapter, candidates)
    this.lost = new Promise((resolve) => {
      void device.lost.then(({ message, reason }) => {
        this.#ends = true
        if (!this.#disposed) resolve({ message: message || `reason: ${reason}` })
      })
    })
    this.fault = new Promise((resolve) => {
      device.addEventListener('uncapturederror', ({ error }) => {
        if (!this.#ends) resolve(new Error(`WebGPU: ${error.message}`))
      })
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
      const uniforms = uniformsOf(plan)
      const { made: buffers, checked } = guarded(this.device, () =>
        plan.buffers.map((buffer) => this.#memoryOf(buffer, uniforms.has(buffer.id), own)),
      )
      await checked
      const lists = Object.entries<readonly Call[]>(plan.lists)
      const calls = lists.flatMap(([name, list]) => list.map((call) => ({ call, timed: REPEATED.has(name) })))
      const prepared = await this.#tuned(calls, buffers, own)
      const bound = guarded(this.device, () => {
        const between = this.#room(Math.max(0, ...prepared.map((one) => one.between)), own)
        let next = 0 // lists are gone through in the order of `calls`
        return mapLists(plan.lists, (call) => this.#bind(call, prepared[next++], buffers, between))
      })
      await bound.checked
      return new WebGPUProgram(this.device, this.#memory, buffers, bound.made, own)
    } catch (error) {
      own.forEach((buffer) => this.#memory.destroy(buffer))
      throw error
    }
  }

  /** The pipelines of calls, timed on the buffers where there are several candidates. */
  async #tuned(
    calls: readonly Tunable[],
    buffers: readonly GPUBuffer[],
    own: readonly GPUBuffer[],
  ): Promise<Prepared[]> {
    const rooms: GPUBuffer[] = []
    try {
      return await this.#autotune.prepare(
        calls,
        async (call, prepared) => {
          const bound = guarded(this.device, () =>
            this.#bind(call, prepared, buffers, this.#room(prepared.between, rooms)),
          )
          await bound.checked
          return bound.made
        },
        () => this.#memory.clear(own),
      )
    } finally {
      rooms.forEach((room) => this.#memory.destroy(room))
    }
  }

  /** Room between two passes. The calls of a program follow each other, so that one serves them all. */
  #room(floats: number, own: GPUBuffer[]): GPUBuffer | undefined {
    const known = own.find(({ label, size }) => label === BETWEEN && size >= 4 * floats)
    if (floats === 0 || known) return known
    const room = this.#memory.create(BETWEEN, 4 * floats, GPUBufferUsage.STORAGE)
    own.push(room)
    return room
  }

  #bind(
    { kernel, buffers: bound }: Call,
    { passes, layout, between, variant }: Prepared,
    buffers: readonly GPUBuffer[],
    room: GPUBuffer | undefined,
  ): BoundDispatch {
    const resources = Object.keys(kernel.bindings).map((name) => buffers[bound[name].id])
    if (between > 0 && room) resources.push(room)
    const entries = resources.map((buffer, binding) => ({ binding, resource: { buffer } }))
    const bindGroup = this.device.createBindGroup({ layout, entries })
    return { passes, bindGroup, kernel: kernel.name, variant }
  }

  #memoryOf({ name, size, store }: Buffer, uniform: boolean, own: GPUBuffer[]): GPUBuffer {
    const most = Math.min(this.device.limits.maxStorageBufferBindingSize, this.device.limits.maxBufferSize)
    if (size * 4 > most) {
      const [megabytes, limit] = [size * 4, most].map((bytes) => Math.round(bytes / 1e6).toLocaleString('en'))
      throw new DeviceMemoryError(
        `This run needs a buffer of ${megabytes} MB (${name}), and this graphics device takes ${limit} MB at most. A smaller batch or network needs less.`,
      )
    }
    if (store === undefined) {
      const usage = GPUBufferUsage.STORAGE | (uniform ? GPUBufferUsage.UNIFORM : 0)
      const buffer = this.#memory.create(name, size * 4, usage)
      own.push(buffer)
      return buffer
    }
    return storeNamed(this.#stores, store)
  }

  memory() {
    return this.#memory.total()
  }

  lose(): void {
    this.#ends = true
    this.device.destroy()
  }

  dispose(): void {
    this.#disposed = this.#ends = true
    this.#memory.destroyAll()
    this.device.destroy()
  }
}

/** Numbers of the buffers that calls of a plan read as uniforms. */
function uniformsOf<L extends string>({ lists }: Plan<L>): ReadonlySet<number> {
  const calls = Object.values<readonly Call[]>(lists).flat()
  const uniforms = calls.flatMap(({ kernel, buffers }) =>
    Object.entries(kernel.bindings).flatMap(([name, binding]) => (isUniform(binding) ? [buffers[name].id] : [])),
  )
  return new Set(uniforms)
}
