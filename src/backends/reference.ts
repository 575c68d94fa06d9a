// The reference backend: every kernel's plain TypeScript loops over arrays in memory. It defines the right results.

import { elementsOf, mapLists, zerosOf, type Buffer, type Call, type Plan } from '../kernels/plan'
import { profileSteps } from './profile'
import { storeNamed } from './stores'
import { DeviceMemoryError, type Backend, type DeviceInfo, type Program } from './types'

const info: DeviceInfo = { kind: 'reference', label: 'CPU reference', adapter: '', software: true, features: [] }

/** Makes the reference backend. Its data stores and programs are arrays, which the garbage collector frees. */
export function createReference(): Backend {
  const stores = new Map<string, Uint32Array<ArrayBuffer>>()
  const programs = new Set<Arrays>()

  return {
    info,
    lost: new Promise(() => {}),
    fault: new Promise(() => {}),
    store(name, byteLength) {
      const words = new Uint32Array(Math.ceil(byteLength / 4))
      const bytes = new Uint8Array(words.buffer)
      stores.set(name, words)
      return { byteLength, write: (offset, chunk) => bytes.set(chunk, offset) }
    },
    readStore(name, offset, byteLength) {
      return Promise.resolve(new Uint8Array(storeNamed(stores, name).buffer).slice(offset, offset + byteLength))
    },
    drop: (name) => void stores.delete(name),
    prepare<L extends string>(plan: Plan<L>): Promise<Program<L>> {
      const arrays = allocate(plan.buffers, stores)
      programs.add(arrays)
      return Promise.resolve({ ...replay(plan, arrays), dispose: () => void programs.delete(arrays) })
    },
    memory() {
      const alive = new Set([...stores.values(), ...[...programs].flat()])
      return { buffers: alive.size, bytes: [...alive].reduce((sum, { byteLength }) => sum + byteLength, 0) }
    },
    lose: () => {},
    dispose() {
      stores.clear()
      programs.clear()
    },
  }
}

/** Memory limit of a run. Engines allocate larger arrays too, but a tab or a machine crashes when they are filled. */
const MOST_BYTES = 4e9

/** The array of every buffer, by its id. */
type Arrays = readonly (Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>)[]

function allocate(buffers: readonly Buffer[], stores: ReadonlyMap<string, Uint32Array<ArrayBuffer>>): Arrays {
  const own = buffers.filter(({ store }) => store === undefined)
  const bytes = own.reduce((sum, { size }) => sum + size * 4, 0)
  if (bytes > MOST_BYTES) {
    const gigabytes = (bytes / 1e9).toFixed(1)
    throw new DeviceMemoryError(
      `This run needs ${gigabytes} GB of memory, and the CPU backend takes ${MOST_BYTES / 1e9} GB at most. A smaller batch or network needs less.`,
    )
  }
  return buffers.map((buffer) =>
    buffer.store === undefined ? zerosOf(buffer) : elementsOf(buffer, storeNamed(stores, buffer.store).buffer),
  )
}

function replay<L extends string>(plan: Plan<L>, arrays: Arrays): Omit<Program<L>, 'dispose'> {
  const bind = ({ kernel, constants, buffers }: Call) => {
    const bound = Object.fromEntries(Object.entries(buffers).map(([name, buffer]) => [name, arrays[buffer.id]]))
    // The plan's calls were checked against their kernels' bindings when they were made: see `call` in plan.ts.
    return () => kernel.reference(constants, bound as Parameters<typeof kernel.reference>[1])
  }
  const lists = mapLists(plan.lists, bind)
  return {
    write: (buffer, data, start = 0) => arrays[buffer.id].set(data, start),
    run(list, times) {
      for (let i = 0; i < times; i++) for (const step of lists[list]) step()
    },
    calls: (list) => lists[list],
    read: (buffer, start = 0, count = buffer.size - start) =>
      Promise.resolve(elementsOf(buffer, arrays[buffer.id].slice(start, start + count).buffer)),
    profile: (list, times) => Promise.resolve(profileSteps(plan.lists[list], lists[list], times, info.kind)),
    variants: (list) => plan.lists[list].map(() => info.kind),
    settled: () => Promise.resolve(),
  }
}
