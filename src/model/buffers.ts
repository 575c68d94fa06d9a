// The buffers of a plan, as they are made.

import { pad4, type Dtype } from '../kernels/kernel'
import { storageSize, type Buffer } from '../kernels/plan'
import type { Examples } from './batch'
import { rowSize, type Shape } from './shape'
import { PIXELS } from './spec'

/** A pair of data stores: images and labels as bytes, as in MNIST. */
export interface ExampleStores {
  readonly images: string
  readonly labels: string
  readonly count: number
}

/** An empty list, and what makes buffers in it. */
export function bufferList() {
  const buffers: Buffer[] = []
  /** A buffer with its size in storage, which may be a data store's. */
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
  /** All examples in a pair of data stores. */
  const examplesIn = ({ images, labels, count }: ExampleStores): Examples => ({
    images: make(images, [count, PIXELS], (count * PIXELS) / 4, 'u32', images),
    labels: make(labels, [count], Math.ceil(count / 4), 'u32', labels),
    first: 0,
    count,
  })
  return { buffers, make, buffer, flow, examplesIn }
}

export type BufferList = ReturnType<typeof bufferList>
