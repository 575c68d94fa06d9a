// Answers about the kernel calls that a device runs.

import type { Dtype } from '../../kernels/kernel'

/** A kernel call of a plan. */
export interface CallFacts {
  readonly kernel: string
  /** The kernel's WGSL program that runs; on a CPU, the name of the backend. */
  readonly variant: string
  readonly constants: Readonly<Record<string, number>>
  /** Buffers bound, in binding order. */
  readonly buffers: readonly BoundBuffer[]
  /** Workgroups in x, y and z; on a CPU, those of the kernel's first WGSL program. */
  readonly workgroups: readonly number[]
  /** The same of its second pass, if it has one. */
  readonly finishing: readonly number[] | undefined
  /** The whole source that the device compiles; on a CPU, the source that a GPU would get. */
  readonly wgsl: string
  /** Floating-point operations of a matrix product. */
  readonly flops: number | undefined
}

/** A buffer that a call uses, with its shape before padding. */
export interface BoundBuffer {
  readonly binding: string
  readonly access: 'read' | 'write' | 'read-write' | 'uniform'
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: Dtype
}
