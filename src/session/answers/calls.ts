// What is told of the kernel calls that a device runs.

import type { Dtype } from '../../kernels/kernel'

/** A kernel call of a plan. */
export interface CallFacts {
  readonly kernel: string
  /** Which of the kernel's WGSL programs runs; where a CPU runs the call, which backend does. */
  readonly variant: string
  readonly constants: Readonly<Record<string, number>>
  /** What is bound, in binding order. */
  readonly buffers: readonly BoundBuffer[]
  /** Workgroups in x, y and z. A CPU backend has none: then of the kernel's first WGSL program. */
  readonly workgroups: readonly number[]
  /** The whole text that the device compiles; where a CPU runs the call, what a GPU would get. */
  readonly wgsl: string
  /** Floating-point operations, where it is a matrix product. */
  readonly flops: number | undefined
}

/** A buffer that a call uses; the shape is the one before padding. */
export interface BoundBuffer {
  readonly binding: string
  readonly access: 'read' | 'write' | 'read-write'
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: Dtype
}
