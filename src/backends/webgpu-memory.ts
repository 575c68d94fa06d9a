// Buffers of a WebGPU device: creates, reads, counts and destroys them.

import { DeviceLostError, DeviceMemoryError } from './types'

/** Milliseconds in which the loss of a device is reported after a read has failed. */
const LOSS_MS = 1000
/** Bytes of the largest read-back buffer that is reused. */
const LARGEST_IDLE = 65_536

/** The buffers of a device. */
export class DeviceMemory {
  readonly #alive = new Set<GPUBuffer>()
  /** Unused read-back buffers, by size. */
  readonly #idle = new Map<number, GPUBuffer[]>()

  constructor(private readonly device: GPUDevice) {}

  /** A buffer of zeros of at least `byteLength` bytes for `usage`: STORAGE, perhaps with UNIFORM, or MAP_READ. */
  create(label: string, byteLength: number, usage: number): GPUBuffer {
    const copies = GPUBufferUsage.COPY_DST | (usage === GPUBufferUsage.MAP_READ ? 0 : GPUBufferUsage.COPY_SRC)
    // Whole vec4s: kernels read data as vec4.
    const buffer = this.device.createBuffer({ label, size: Math.ceil(byteLength / 16) * 16, usage: usage | copies })
    this.#alive.add(buffer)
    return buffer
  }

  destroy(buffer: GPUBuffer): void {
    this.#alive.delete(buffer)
    buffer.destroy()
  }

  destroyAll(): void {
    for (const buffer of this.#alive) this.destroy(buffer)
  }

  /** Fills buffers with zeros. */
  clear(buffers: readonly GPUBuffer[]): void {
    const encoder = this.device.createCommandEncoder()
    for (const buffer of buffers) encoder.clearBuffer(buffer)
    this.device.queue.submit([encoder.finish()])
  }

  /** Number of buffers, and their bytes. */
  total() {
    return { buffers: this.#alive.size, bytes: [...this.#alive].reduce((sum, { size }) => sum + size, 0) }
  }

  /**
   * Copies bytes back through a MAP_READ buffer; offset and length in whole words.
   * @throws DeviceLostError when the device is lost, another error when the read itself is wrong.
   */
  async read(source: GPUBuffer, offset: number, byteLength: number): Promise<ArrayBuffer> {
    // Small read-backs (losses, outputs) come many times a second, so their buffers are reused.
    const keep = byteLength <= LARGEST_IDLE
    const size = keep ? 2 ** Math.ceil(Math.log2(Math.max(byteLength, 256))) : byteLength
    const idle = this.#idle.get(size) ?? []
    if (keep) this.#idle.set(size, idle)
    const staging = idle.pop() ?? this.create('read-back', size, GPUBufferUsage.MAP_READ)
    try {
      const encoder = this.device.createCommandEncoder()
      encoder.copyBufferToBuffer(source, offset, staging, 0, byteLength)
      this.device.queue.submit([encoder.finish()])
      await nudged(this.device, staging.mapAsync(GPUMapMode.READ, 0, byteLength))
      const copy = staging.getMappedRange(0, byteLength).slice(0)
      staging.unmap()
      if (keep) idle.push(staging)
      else this.destroy(staging)
      return copy
    } catch (error) {
      this.destroy(staging)
      // Mapping fails a moment before the loss itself is reported: in Firefox on a busy machine more than 100 ms.
      const late = new Promise<undefined>((resolve) => setTimeout(resolve, LOSS_MS))
      const lost = await Promise.race([this.device.lost, late])
      const message = `${lost ? 'The graphics device went away during a read' : 'A read from the graphics device failed'}: ${String(error)}`
      throw lost ? new DeviceLostError(message) : new Error(message)
    }
  }
}

/** Milliseconds of a wait until a device is nudged, and again. */
const NUDGE_MS = 5

/**
 * Waits for a device. Some browsers look for finished work when something is submitted, and else by a timer of up to 100 ms (Mozilla bug
 * 1870699), so a long wait submits nothing now and then.
 */
export async function nudged<T>({ queue }: GPUDevice, work: Promise<T>): Promise<T> {
  const nudge = setInterval(() => queue.submit([]), NUDGE_MS)
  try {
    return await work
  } finally {
    clearInterval(nudge)
  }
}

/** Writes bytes into a buffer of `byteLength` bytes, in consecutive chunks. */
export function byteWriter({ queue }: GPUDevice, buffer: GPUBuffer, byteLength: number) {
  // The queue takes whole words only, so the rest of a chunk waits here for the next bytes.
  const word = new Uint8Array(4)
  return (offset: number, bytes: Uint8Array) => {
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
  }
}

/** Runs `make` inside error scopes. `checked` rejects with DeviceMemoryError, or an Error for a validation error. */
export function guarded<T>(device: GPUDevice, make: () => T): { made: T; checked: Promise<void> } {
  device.pushErrorScope('validation')
  device.pushErrorScope('out-of-memory')
  let scopes: [Promise<GPUError | null>, Promise<GPUError | null>] | undefined
  try {
    const made = make()
    scopes = [device.popErrorScope(), device.popErrorScope()]
    return { made, checked: check(...scopes) }
  } finally {
    if (!scopes) void Promise.allSettled([device.popErrorScope(), device.popErrorScope()])
  }
}

/** Throws what the error scopes caught. @throws DeviceMemoryError, or an Error for a validation error */
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
