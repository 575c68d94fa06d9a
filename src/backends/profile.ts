// Times the calls of a list on a CPU backend.

import type { Call } from '../kernels/plan'
import { median } from './median'
import type { Profile } from './types'

/** Runs the steps of a list `times` times, each step being the call of the same number, and takes the medians. */
export function profileSteps(
  calls: readonly Call[],
  steps: readonly (() => void)[],
  times: number,
  variant: string,
): Profile {
  const taken = steps.map((): number[] => [])
  for (let i = 0; i < times; i++) {
    steps.forEach((step, at) => {
      const start = performance.now()
      step()
      taken[at].push((performance.now() - start) / 1000)
    })
  }
  const medians = taken.map(median)
  return {
    step: medians.reduce((sum, seconds) => sum + seconds, 0),
    calls: calls.map(({ kernel }, at) => ({ kernel: kernel.name, variant, seconds: medians[at] })),
  }
}
