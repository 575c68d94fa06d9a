// Memory of the WebAssembly backend: one growing WebAssembly.Memory, allocated in blocks.

import { DeviceMemoryError } from '../types'

/** Pages are 64 KiB; the first one holds the module's own data. */
const PAGE = 65_536
const START = PAGE
/** Blocks start at whole cache lines, and the kernels may read one line past the end. */
const LINE = 64

interface Block {
  readonly at: number
  readonly size: number
}

export class Heap {
  /** Free blocks in order of address; neighbouring free blocks are merged. */
  #free: Block[] = []
  #end = START

  constructor(readonly memory: WebAssembly.Memory) {}

  /** Allocates at least `bytes` bytes of zeros. @throws DeviceMemoryError if the memory cannot grow so far */
  take(bytes: number): number {
    const size = (Math.ceil(bytes / LINE) + 1) * LINE
    const fit = this.#free.findIndex((block) => block.size >= size)
    if (fit >= 0) {
      const { at, size: found } = this.#free[fit]
      this.#free.splice(fit, 1, ...(found > size ? [{ at: at + size, size: found - size }] : []))
      new Uint8Array(this.memory.buffer, at, size).fill(0)
      return at
    }
    // Behind all blocks, or from the last free block on if it is at the end.
    const last = this.#free.at(-1)
    const open = last !== undefined && last.at + last.size === this.#end
    const at = open ? last.at : this.#end
    const missing = at + size - this.memory.buffer.byteLength
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE))
    if (open) {
      this.#free.pop()
      new Uint8Array(this.memory.buffer, at, last.size).fill(0)
    }
    this.#end = at + size
    return at
  }

  /** Frees a block that `take` allocated for the same number of bytes. */
  give(at: number, bytes: number): void {
    const size = (Math.ceil(bytes / LINE) + 1) * LINE
    const blocks = [...this.#free, { at, size }].sort((a, b) => a.at - b.at)
    this.#free = blocks.reduce<Block[]>((joined, block) => {
      const before = joined.at(-1)
      if (before && before.at + before.size === block.at) {
        joined[joined.length - 1] = { at: before.at, size: before.size + block.size }
      } else joined.push(block)
      return joined
    }, [])
  }

  #grow(pages: number): void {
    try {
      this.memory.grow(pages)
    } catch {
      throw new DeviceMemoryError(
        'This run needs more memory than the browser gives WebAssembly here. A smaller batch or network needs less.',
      )
    }
  }
}
