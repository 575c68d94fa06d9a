// Which variants of a kernel are worth timing on a device: known without the device, by arithmetic.

import type { ProductVariant } from '../kernels/matmul'
import type { Call } from '../kernels/plan'

/** Most rounds of a loop of one invocation, where another candidate has fewer: watchdogs end what takes too long. */
export const MOST_ROUNDS = 4096

/** Variants for a graphics processor. `quads` is not among them: it relies on how invocations lie in subgroups, which WGSL does not promise. */
export const hardwareVariants = [
  'tiles',
  'large',
  'split',
  'slices',
  'blocks',
] as const satisfies readonly ProductVariant[]

/** Rounds after which llvmpipe ends a loop, whatever is left to do. */
const ENDED = 65_535

/**
 * Of the variants that a device can run those worth timing, the one with the shortest loops first: of the wanted ones, or of all where the
 * wanted ones run too long. Without a wanted one, the first; where all have long loops, the shortest.
 */
export function worthTiming(
  { kernel, constants }: Call,
  runnable: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  const rounds = (name: string) => kernel.variants[name].rounds(constants)
  const own = runnable.filter((name) => wanted.includes(name))
  if (own.length === 0) return runnable.slice(0, 1)
  const names = own.some((name) => rounds(name) <= ENDED) ? own : runnable
  const suited = names.filter((name) => kernel.variants[name].suits?.(constants) ?? true)
  const sorted = (suited.length > 0 ? suited : names).toSorted((a, b) => rounds(a) - rounds(b))
  return sorted.filter((name, i) => i === 0 || rounds(name) <= MOST_ROUNDS)
}
