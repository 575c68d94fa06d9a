// The WebAssembly backend: SIMD kernels, on several threads if the page may share memory. Kernels without a WebAssembly version
// run their reference over the same memory.

import { elementsOf, mapLists, type Buffer, type Call, type Elements, type Lists, type Plan } from '../../kernels/plan'
import type { Constants, Dtype, Kernel } from '../../kernels/kernel'
import { profileSteps } from '../profile'
import { storeNamed } from '../stores'
import type { Backend, DeviceInfo, Program } from '../types'
import { Heap } from './heap'
import { compileKernels, instantiate, supportedBuild, type Build, type WasmExports, type WasmKernel } from './module'
import { createPool, createSolo, type Pool } from './pool'
import { threadsHere } from './threads'

/** WebAssembly cannot be used here; the message says why, as a sentence for a person. */
export class WasmUnavailable extends Error {
  override name = 'WasmUnavailable'
}

/** What to use in place of the engine's best. */
interface WasmOptions {
  readonly build?: Build
  readonly threads?: number
  /** Least operations of a call that threads share. */
  readonly sharedWork?: number
}

/** Pages of 64 KiB that a shared memory may grow to: some systems do not reserve 4 GB. */
const SHARED_PAGES = [65_536, 32_768, 16_384]

/** Opens the backend. @throws WasmUnavailable if the engine lacks WebAssembly SIMD or the requested features */
export async function createWasm(options: WasmOptions = {}): Promise<Backend> {
  const best = typeof WebAssembly === 'undefined' ? undefined : await supportedBuild()
  if (!best) throw new WasmUnavailable('This browser has no WebAssembly SIMD.')
  const build = options.build ?? best
  if (build === 'relaxed' && best !== 'relaxed')
    throw new WasmUnavailable('This browser has no relaxed WebAssembly SIMD.')

  const { wanted, notice } = threadsHere(options.threads)
  const memory = wanted > 1 ? sharedMemory() : undefined
  const shared = memory !== undefined
  const heap = new Heap(memory ?? new WebAssembly.Memory({ initial: 16 }))
  const module = await compileKernels(build, shared)
  const exports = instantiate(module, heap.memory)
  const names = Object.keys(exports).filter((name) => !name.endsWith('Scratch'))
  const kernels = names.map((name) => exports[name] as WasmKernel)
  const { pool, problem } = await poolOf(kernels, shared ? wanted : 1, { module, memory: heap.memory, names })
  const threads = pool.threads > 1 ? `${pool.threads} threads` : 'one thread'
  const info: DeviceInfo = {
    kind: 'wasm',
    label: 'CPU WebAssembly',
    adapter: threads,
    software: true,
    features: [build === 'relaxed' ? 'relaxed SIMD' : 'SIMD'],
    ...(pool.threads === 1 && wanted > 1
      ? { notice: `One thread is used: ${problem ?? 'memory cannot be shared here'}.` }
      : {}),
    ...(notice ? { notice } : {}),
  }
  return new WasmBackend(info, heap, exports, names, pool, options.sharedWork ?? SHARED_WORK)
}

function sharedMemory(): WebAssembly.Memory | undefined {
  for (const maximum of SHARED_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: 16, maximum, shared: true })
    } catch {
      // The next smaller one.
    }
  }
  return undefined
}

async function poolOf(
  kernels: readonly WasmKernel[],
  threads: number,
  start: Parameters<typeof createPool>[2],
): Promise<{ pool: Pool; problem?: string }> {
  if (threads === 1) return { pool: createSolo(kernels) }
  try {
    return { pool: await createPool(kernels, threads - 1, start) }
  } catch (error) {
    const problem = `no other starts (${error instanceof Error ? error.message : String(error)})`
    return { pool: createSolo(kernels), problem }
  }
}

/** A block of the heap, and the number of bytes asked for. */
interface Block {
  readonly at: number
  readonly bytes: number
}

class WasmBackend implements Backend {
  readonly lost = new Promise<never>(() => {})
  readonly fault = new Promise<never>(() => {})
  readonly #stores = new Map<string, Block>()
  readonly #alive = new Set<Block>()

  constructor(
    readonly info: DeviceInfo,
    private readonly heap: Heap,
    private readonly exports: WasmExports,
    private readonly names: readonly string[],
    private readonly pool: Pool,
    private readonly sharedWork: number,
  ) {}

  store(name: string, byteLength: number) {
    this.drop(name)
    const block = this.#take(byteLength)
    this.#stores.set(name, block)
    return { byteLength, write: (offset: number, chunk: Uint8Array) => this.#bytes(block).set(chunk, offset) }
  }

  readStore(name: string, offset: number, byteLength: number): Promise<Uint8Array> {
    return Promise.resolve(this.#bytes(storeNamed(this.#stores, name)).slice(offset, offset + byteLength))
  }

  drop(name: string): void {
    const block = this.#stores.get(name)
    if (block) this.#give(block)
    this.#stores.delete(name)
  }

  async prepare<L extends string>(plan: Plan<L>): Promise<Program<L>> {
    const own: Block[] = []
    const take = (bytes: number) => {
      const block = this.#take(bytes)
      own.push(block)
      return block.at
    }
    const release = () => own.splice(0).forEach((block) => this.#give(block))
    try {
      const places = plan.buffers.map(({ size, store }) =>
        store === undefined ? take(size * 4) : storeNamed(this.#stores, store).at,
      )
      const views = new Views(this.heap.memory, plan.buffers, places)
      const prepared = mapLists(plan.lists, (call) => this.#prepare(call, places, take))
      const all = Object.values<readonly Prepared[]>(prepared).flat()
      const scratch = take(Math.max(0, ...all.map(({ scratchBytes }) => scratchBytes)))
      const steps = mapLists(prepared, (call) => call.bind(scratch, views))
      return new WasmProgram(plan, steps, views, release)
    } catch (error) {
      release()
      throw error
    }
  }

  /** What a call needs, and how to run it once its scratch is allocated. */
  #prepare({ kernel, constants, buffers }: Call, places: readonly number[], take: (bytes: number) => number): Prepared {
    const name = exportName(kernel.name)
    const index = this.names.indexOf(name)
    const { pool, heap } = this
    if (index < 0) {
      return {
        scratchBytes: 0,
        bind: (_, views) => () =>
          // The plan's calls were checked against their kernels' bindings when they were made: see `call` in plan.ts.
          kernel.reference(constants, views.of(buffers) as Parameters<typeof kernel.reference>[1]),
      }
    }
    const words = [...recordOf(kernel, constants), ...Object.keys(kernel.bindings).map((b) => places[buffers[b].id])]
    const record = take(words.length * 4)
    new Uint32Array(heap.memory.buffer, record, words.length).set(words)
    const scratchOf = this.exports[`${name}Scratch`] as ((call: number) => number) | undefined
    const scratchSize = Math.ceil(((scratchOf?.(record) ?? 0) >>> 0) / 64) * 64
    const parts = workOf(kernel, constants, buffers) >= this.sharedWork ? pool.threads : 1
    return {
      scratchBytes: scratchSize * parts,
      bind: (scratch) => () => pool.run(index, record, scratch, scratchSize, parts),
    }
  }

  memory() {
    return { buffers: this.#alive.size, bytes: [...this.#alive].reduce((sum, { bytes }) => sum + bytes, 0) }
  }

  lose(): void {}

  dispose(): void {
    this.pool.dispose()
    for (const block of this.#alive) this.#give(block)
    this.#stores.clear()
  }

  #bytes({ at, bytes }: Block): Uint8Array {
    return new Uint8Array(this.heap.memory.buffer, at, bytes)
  }

  #take(bytes: number): Block {
    const block = { at: this.heap.take(bytes), bytes }
    this.#alive.add(block)
    return block
  }

  #give(block: Block): void {
    if (this.#alive.delete(block)) this.heap.give(block.at, block.bytes)
  }
}

interface Prepared {
  readonly scratchBytes: number
  bind(scratch: number, views: Views): () => void
}

/** Least operations worth sharing: waking a thread and waiting for it costs a few microseconds. */
const SHARED_WORK = 1e6

/** Rough number of operations of a call. Moving a float takes the time of about ten multiply-adds. */
function workOf(kernel: Kernel, constants: Constants, buffers: Call['buffers']): number {
  const own = Object.values(buffers).filter(({ store }) => store === undefined)
  return kernel.flops?.(constants) ?? 10 * Math.max(...own.map(({ size }) => size))
}

/** `dense-forward` is exported as `denseForward`. */
const exportName = (kernel: string) => kernel.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** A call's constants as words, in the order of the kernel's definition. */
function recordOf(kernel: Kernel, constants: Constants): number[] {
  return Object.entries(kernel.constants).map(([name, dtype]) => wordOf(dtype, constants[name]))
}

function wordOf(dtype: Dtype, value: number): number {
  return dtype === 'u32' ? value : new Uint32Array(Float32Array.of(value).buffer)[0]
}

type View = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

/** Buffers of a plan as arrays over the memory, renewed when it has grown. */
class Views {
  #memory: ArrayBufferLike | undefined
  #arrays: View[] = []
  readonly #bound = new Map<Call['buffers'], Record<string, View>>()

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly buffers: readonly Buffer[],
    private readonly places: readonly number[],
  ) {}

  get(buffer: Buffer): View {
    this.#renew()
    return this.#arrays[buffer.id]
  }

  /** Arrays by binding name. */
  of(buffers: Call['buffers']): Record<string, View> {
    this.#renew()
    let bound = this.#bound.get(buffers)
    if (!bound) {
      bound = Object.fromEntries(Object.entries(buffers).map(([name, { id }]) => [name, this.#arrays[id]]))
      this.#bound.set(buffers, bound)
    }
    return bound
  }

  #renew(): void {
    const { buffer } = this.memory
    if (buffer === this.#memory) return
    this.#memory = buffer
    this.#bound.clear()
    this.#arrays = this.buffers.map(({ size, dtype }, id) =>
      dtype === 'u32'
        ? new Uint32Array(buffer, this.places[id], size)
        : new Float32Array(buffer, this.places[id], size),
    )
  }
}

class WasmProgram<L extends string> implements Program<L> {
  constructor(
    private readonly plan: Plan<L>,
    private readonly steps: Lists<L, () => void>,
    private readonly views: Views,
    private readonly release: () => void,
  ) {}

  write(buffer: Buffer, data: Float32Array | Uint32Array, start = 0): void {
    this.views.get(buffer).set(data, start)
  }

  run(list: L, times: number): void {
    for (let i = 0; i < times; i++) for (const step of this.steps[list]) step()
  }

  calls(list: L): readonly (() => void)[] {
    return this.steps[list]
  }

  read<D extends Dtype>(buffer: Buffer<D>, start = 0, count = buffer.size - start): Promise<Elements[D]> {
    return Promise.resolve(elementsOf(buffer, this.views.get(buffer).slice(start, start + count).buffer))
  }

  profile(list: L, times: number) {
    return Promise.resolve(profileSteps(this.plan.lists[list], this.steps[list], times, 'wasm'))
  }

  variants(list: L): readonly string[] {
    return this.plan.lists[list].map(() => 'wasm')
  }

  settled(): Promise<void> {
    return Promise.resolve()
  }

  dispose(): void {
    this.release()
  }
}
