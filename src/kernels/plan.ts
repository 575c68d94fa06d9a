// The plan of a run: a static list of kernel calls over named buffers, compiled once and replayed by every backend.
//
// Padding rule: a matrix of m rows and n columns is stored row by row with both sides rounded up to a multiple of four,
// so that kernels work on whole 4x4 blocks with vec4 loads and no edge cases in the inner loop. More axes in front (the taps
// of a convolution's weights) are stored one matrix after the other. Padding is zero when a buffer is made and stays zero:
// kernels may rely on it and must preserve it. model/shape.ts describes the layout of images.

import { pad4, type Binding, type Constants, type Dtype, type Kernel } from './kernel'

/** A buffer of a plan: a name and a size, without memory. */
export interface Buffer<D extends Dtype = Dtype> {
  readonly id: number
  readonly name: string
  /** Elements along each axis before padding; the last two axes are padded in storage. */
  readonly shape: readonly number[]
  /** Number of elements in storage, padding included. */
  readonly size: number
  readonly dtype: D
  /** Name of the backend's data store behind this buffer, if it outlives the run. */
  readonly store?: string
}

/** The array of a buffer's elements, by their type. */
export interface Elements {
  readonly f32: Float32Array<ArrayBuffer>
  readonly u32: Uint32Array<ArrayBuffer>
}

/** The arrays of elements, by their type. */
export const arrayTypes: { readonly [D in Dtype]: new (bytes: ArrayBuffer) => Elements[D] } = {
  f32: Float32Array,
  u32: Uint32Array,
}

/** Bytes as the elements of a buffer, without copying them. */
export function elementsOf<D extends Dtype>({ dtype }: Buffer<D>, bytes: ArrayBuffer): Elements[D] {
  return new arrayTypes[dtype](bytes)
}

/** The elements of a whole buffer, each of them zero. */
export const zerosOf = <D extends Dtype>(buffer: Buffer<D>): Elements[D] =>
  elementsOf(buffer, new ArrayBuffer(4 * buffer.size))

/** Whether a buffer's elements are floats. */
export function holdsFloats(buffer: Buffer): buffer is Buffer<'f32'> {
  return buffer.dtype === 'f32'
}

/** One kernel applied to buffers, with its constants fixed. */
export interface Call {
  readonly kernel: Kernel
  readonly constants: Constants
  readonly buffers: Readonly<Record<string, Buffer>>
  /** Number of the layer whose forward or backward pass this belongs to, from 0; undefined for calls around the layers. */
  readonly layer?: number
}

/** The lists of a run's calls: `evaluate` reads the test set, `validate` the held-out training examples. */
export type RunList = 'train' | 'evaluate' | 'validate' | 'predict'

/** Lists of calls, or of what a backend makes of them, by name. */
export type Lists<L extends string, T = Call> = Readonly<Record<L, readonly T[]>>

/** Applies a function to every element of every list. */
export function mapLists<L extends string, T, U>(lists: Lists<L, T>, map: (element: T) => U): Record<L, U[]> {
  const names = Object.keys(lists) as L[]
  return Object.fromEntries(names.map((name) => [name, lists[name].map((each) => map(each))])) as Record<L, U[]>
}

/** Everything a backend needs: named lists of calls, and the buffers that they use. */
export interface Plan<L extends string = RunList> {
  readonly lists: Lists<L>
  readonly buffers: readonly Buffer[]
}

/** The plan with one of its lists alone. Buffers that neither it nor its caller (`written`) uses shrink to almost nothing, and take no data store. */
export function onlyList<L extends string>(plan: Plan<L>, list: L, written: readonly Buffer[]): Plan<L> {
  const calls = plan.lists[list]
  const used = new Set([...written, ...calls.flatMap((call) => Object.values(call.buffers))].map(({ id }) => id))
  const unused = ({ id, name, shape, dtype }: Buffer): Buffer => ({ id, name, shape, dtype, size: 4 })
  const none = mapLists(plan.lists, (call) => call)
  for (const name in none) if (name !== list) none[name] = []
  return { lists: none, buffers: plan.buffers.map((buffer) => (used.has(buffer.id) ? buffer : unused(buffer))) }
}

/** Elements that a shape takes in storage: the last two axes rounded up to a multiple of four. */
export function storageSize(shape: readonly number[]): number {
  return shape.reduce((size, n, axis) => size * (axis >= shape.length - 2 ? pad4(n) : n), 1)
}

/** Calls `visit` for every element of a shape in row-major order, with its place in storage and its number. */
export function eachPlace(shape: readonly number[], visit: (place: number, element: number) => void): void {
  const columns = shape[shape.length - 1]
  const rows = shape[shape.length - 2] ?? 1
  const count = shape.reduce((a, b) => a * b, 1)
  for (let i = 0; i < count; i++) {
    const row = Math.floor(i / columns)
    visit((Math.floor(row / rows) * pad4(rows) + (row % rows)) * pad4(columns) + (i % columns), i)
  }
}

/** Checks names and types at compile time, then drops the types: lists hold calls of all kernels. */
export function call<C extends string, B extends Record<string, Binding>>(
  kernel: Kernel<C, B>,
  constants: Constants<C>,
  buffers: { readonly [K in keyof B]: Buffer },
): Call {
  return { kernel, constants, buffers }
}
