// Times the calls of a list on a CPU backend.

import type { Call } from '../kernels/plan'
import type { CallTime } from './types'

/** Runs the steps of a list `times` times, each step being the call of the same number, and averages: clocks of browsers are coarser than many calls. */
export function profileSteps(
  calls: readonly Call[],
  steps: readonly (() => void)[],
  times: number,
  variant: string,
): CallTime[] {
  const taken = steps.map(() => 0)
  for (let i = 0; i < times; i++) {
    steps.forEach((step, at) => {
      const start = performance.now()
      step()
      taken[at] += performance.now() - start
    })
  }
  return calls.map(({ kernel }, at) => ({ kernel: kernel.name, variant, seconds: taken[at] / times / 1000 }))
}
