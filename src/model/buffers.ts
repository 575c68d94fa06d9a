// Collects the buffers of a plan while its lists are built.

import { pad4, type Dtype } from '../kernels/kernel'
import { storageSize, type Buffer } from '../kernels/plan'
import type { Input } from '../datasets/dataset'
import type { Examples } from './batch'
import { shapeOf, storedBytes } from './examples'
import { rowSize, type Shape } from './shape'

/** A pair of data stores: inputs as examples.ts has them, and labels as bytes. */
export interface ExampleStores {
  readonly inputs: string
  readonly labels: string
  readonly count: number
}

/** An empty list, and functions that add buffers to it. */
export function bufferList() {
  const buffers: Buffer[] = []
  /** Adds a buffer with its size in storage. `store`: the data store that it is, if any. */
  function make<D extends Dtype>(
    name: string,
    shape: readonly number[],
    size: number,
    dtype: D,
    store?: string,
  ): Buffer<D> {
    const made = { id: buffers.length, name, shape, size, dtype, ...(store && { store }) }
    buffers.push(made)
    return made
  }
  /** A matrix under the padding rule of kernels/plan.ts. */
  function buffer(name: string, shape: readonly number[]): Buffer<'f32'>
  function buffer<D extends Dtype>(name: string, shape: readonly number[], dtype: D): Buffer<D>
  function buffer(name: string, shape: readonly number[], dtype: Dtype = 'f32'): Buffer {
    return make(name, shape, storageSize(shape), dtype)
  }
  /** A flow of so many rows (see shape.ts). */
  const flow = <D extends Dtype>(name: string, rows: number, shape: Shape, dtype: D) =>
    make(name, [rows, ...shape], pad4(rows) * rowSize(shape), dtype)
  /** Adds the inputs of `count` examples in the layout of a data store. `store`: the one that they are, if any. */
  function inputs(name: string, input: Input, count: number, store?: string): Buffer {
    const shape = [count, ...shapeOf(input)]
    return make(name, shape, (count * storedBytes(input)) / 4, input.kind === 'features' ? 'f32' : 'u32', store)
  }
  /** All examples in a pair of data stores. */
  const examplesIn = (input: Input, { inputs: name, labels, count }: ExampleStores): Examples => ({
    input,
    inputs: inputs(name, input, count, name),
    labels: make(labels, [count], Math.ceil(count / 4), 'u32', labels),
    first: 0,
    count,
  })
  return { buffers, make, buffer, flow, inputs, examplesIn }
}

export type BufferList = ReturnType<typeof bufferList>
