// Runs single kernels and whole plans for tests: buffers with random contents, outputs poisoned with NaN.

import { createReference } from '../src/backends/reference'
import type { Backend, Program } from '../src/backends/types'
import type { Binding, Constants, Kernel } from '../src/kernels/kernel'
import { eachPlace, storageSize, type Buffer, type Plan } from '../src/kernels/plan'
import { hash, normal } from '../src/kernels/random'
import { largestDifference } from '../src/session/inspectors/parity'

/** Contents of a test buffer: a shape (padded by the padding rule) and a value for each element inside it. */
export interface Contents {
  readonly shape: readonly number[]
  readonly dtype?: 'f32' | 'u32'
  value(index: number): number
}

/** Standard normal numbers, different in every buffer by `stream`. */
export function random(shape: readonly number[], stream: number, scale = 1): Contents {
  return { shape, value: (i) => scale * normal(7, stream, i) }
}

/** The same without their signs. */
export function positive(shape: readonly number[], stream: number): Contents {
  const { value } = random(shape, stream)
  return { shape, value: (i) => Math.abs(value(i)) }
}

/** The same with nine of ten values zero, as most pixels of a digit and most gradients below ReLU and max pooling are. */
export function mostlyZero(contents: Contents): Contents {
  return { ...contents, value: (i) => (hash(13, 1, i) % 10 === 0 ? contents.value(i) : 0) }
}

/** What an output holds beforehand: an element that a kernel does not write stays NaN and fails the test. */
export function poison(shape: readonly number[]): Contents {
  return { shape, value: () => NaN }
}

/** Whole numbers below `limit`. */
export function integers(shape: readonly number[], stream: number, limit: number): Contents {
  return { shape, dtype: 'u32', value: (i) => hash(11, stream, i) % limit }
}

/** Given values, as they are. */
export function given(values: readonly number[], dtype: 'f32' | 'u32' = 'f32'): Contents {
  return { shape: [values.length], dtype, value: (i) => values[i] }
}

/** Blocks one after the other in one buffer, each padded by itself, as in the parameter buffer. */
export function packed(...parts: Contents[]): Contents {
  const arrays = parts.map(fill)
  const values = arrays.flatMap((array) => [...array])
  return given(values)
}

/** Storage of test contents, padding zero. */
export function fill({ shape, dtype = 'f32', value }: Contents): Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
  const array = dtype === 'u32' ? new Uint32Array(storageSize(shape)) : new Float32Array(storageSize(shape))
  eachPlace(shape, (place, i) => (array[place] = value(i)))
  return array
}

/** A case of a kernel: its constants and its buffers by binding name. */
export interface Case<C extends string, B extends string> {
  readonly constants: Constants<C>
  readonly buffers: Readonly<Record<B, Contents>>
  /** Mostly zeros: only on devices that make a difference of it. */
  readonly sparse?: boolean
  /** Has nothing that other cases do not have: not on every variant. */
  readonly usual?: boolean
  /** Buffers of two parts, of magnitudes of their own, by the place where the second begins. */
  readonly parts?: Readonly<Partial<Record<B, number>>>
}

/** A case on any number of devices. */
export interface Parity {
  /** Runs it on a device; every buffer must agree with the reference's, padding included. */
  on(backend: Backend): Promise<void>
  /** Lets go of what the devices share. */
  forget(): void
}

/**
 * Compares devices with the reference, each within `tolerance` of a buffer's largest magnitude. What goes in, and what the reference
 * makes of it, is worked out once, by the first device.
 */
export function parityOf<C extends string, B extends Record<string, Binding>>(
  kernel: Kernel<C, B>,
  { constants, buffers, parts }: Case<C, keyof B & string>,
  tolerance: number,
): Parity {
  const names = Object.keys(kernel.bindings)
  const contents = names.map((name) => buffers[name as keyof B & string])
  const made = names.map((name, id): Buffer => {
    const { shape, dtype = 'f32' } = contents[id]
    return { id, name, shape, size: storageSize(shape), dtype }
  })
  const bound = Object.fromEntries(made.map((buffer) => [buffer.name, buffer]))
  const plan: Plan = {
    lists: { train: [{ kernel, constants, buffers: bound }], evaluate: [], validate: [], predict: [] },
    buffers: made,
  }
  let filled: ReturnType<typeof fill>[] | undefined
  let expected: ReturnType<typeof run> | undefined

  /** Runs the call once, and returns every buffer. */
  async function run(backend: Backend): Promise<(Float32Array | Uint32Array)[]> {
    const arrays = (filled ??= contents.map(fill))
    const program = await backend.prepare(plan)
    made.forEach((buffer, i) => program.write(buffer, arrays[i]))
    program.run('train', 1)
    const results = await Promise.all(made.map((buffer) => program.read(buffer)))
    program.dispose()
    return results
  }

  return {
    async on(backend) {
      const wanted = await (expected ??= run(createReference()))
      const actual = await run(backend)
      names.forEach((name, i) => {
        const second = parts?.[name as keyof B & string] ?? actual[i].length
        for (const [from, to] of [
          [0, second],
          [second, actual[i].length],
        ])
          expectClose(actual[i].subarray(from, to), wanted[i].subarray(from, to), tolerance, name)
      })
    },
    forget() {
      filled = expected = undefined
    },
  }
}

/** @throws Error unless every element is within `tolerance` of the largest magnitude in the expected array. NaN never agrees. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} elements instead of ${expected.length}`)
  }
  const off = difference(actual, expected)
  if (off <= tolerance) return
  throw new Error(`${what}: differs by ${off} of the largest magnitude, more than ${tolerance}`)
}

/** As the page's parity check has it, but what is not finite agrees with nothing: outputs are poisoned with NaN. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  for (const values of [actual, expected]) {
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return Infinity
  }
  return largestDifference(actual, expected)
}

/** Copies every buffer of a plan back, by name. */
export async function readAll(program: Program, plan: Plan): Promise<Map<string, Float32Array | Uint32Array>> {
  const own = plan.buffers.filter(({ store }) => store === undefined)
  const arrays = await Promise.all(own.map((buffer) => program.read(buffer)))
  return new Map(own.map(({ name }, i) => [name, arrays[i]]))
}
