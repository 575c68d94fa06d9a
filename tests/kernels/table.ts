// A row of the table of kernels (tests/kernels.test.ts), and contents that several rows use.

import { ACTIVATIONS } from '../../src/kernels/activation'
import { shaderText } from '../../src/kernels/shaders'
import type { Binding, Constants, Kernel } from '../../src/kernels/kernel'
import { mostlyZero, packed, parityOf, random, type Case, type Contents, type Parity } from '../harness'

/** A kernel with its cases. */
export interface Row {
  readonly kernel: string
  /** Names of its variants. */
  readonly variants: readonly string[]
  readonly cases: readonly RowCase[]
  /** Whether the program of a variant waits at barriers. */
  hasBarriers(variant: string): boolean
}

/** A case that is ready to run on any device; see `Case`. */
export interface RowCase {
  readonly constants: Constants
  readonly sparse: boolean
  readonly usual: boolean
  /** Whether a variant is meant for it: others do the same with less. */
  suits(variant: string): boolean
  readonly parity: Parity
}

export function row<C extends string, B extends Record<string, Binding>>(
  kernel: Kernel<C, B>,
  cases: Case<C, keyof B & string>[],
  /** Largest difference relative to the largest magnitude in a buffer, with its reason. */
  { tolerance }: { tolerance: number; reason: string },
): Row {
  return {
    kernel: kernel.name,
    variants: Object.keys(kernel.variants),
    hasBarriers: (variant) => /\b(workgroup|storage)Barrier\b/.test(kernel.variants[variant]?.wgsl(shaderText) ?? ''),
    cases: cases.map((kernelCase) => {
      const { constants, sparse = false, usual = false } = kernelCase
      const suits = (variant: string) => kernel.variants[variant]?.suits?.(constants) ?? true
      return { constants, sparse, usual, suits, parity: parityOf(kernel, kernelCase, tolerance) }
    }),
  }
}

export const activationIds = Object.values(ACTIVATIONS)

/** What stands before a layer in the parameter buffer. */
export const offset = (n: number) => packed(random([n], 90))

/** As they are, and mostly zeros: the WebAssembly kernels then multiply the others only. */
export const densities = [(contents: Contents) => contents, mostlyZero]

/** Cases with more rows of workgroups than fit along one axis for `blocks`: of the others some need more still, and `split` half a minute. */
export const isCrowd = ({ ROWS }: Constants) => ROWS === 1440
