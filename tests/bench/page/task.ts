// What the driver asks a page to measure, and what comes back. Plain data: it crosses from Node into a worker and back.

import type { WorkloadName } from '../workloads'
import type { Ceilings } from './gpu-ceilings'
import type { CallCost } from './profile'
import type { Timing } from './timing'

export type Library = 'inkling' | 'tfjs' | 'jax'

/** Test accuracies, in per cent, that runs are timed to. */
export const GOALS = [97, 98, 99] as const

/** A measurement on one contestant; all in a page and a worker of its own. */
export interface Task extends Timing {
  /** `start`: from navigation to the first step. `accuracy`: from navigation to GOALS. */
  readonly section: 'train' | 'evaluate' | 'latency' | 'start' | 'accuracy' | 'profile'
  readonly library: Library
  readonly backend: string
  readonly workload: WorkloadName
  /** Seconds after which a run to an accuracy is given up. */
  readonly patience: number
}

/** What was measured. */
export interface Outcome {
  readonly device: string
  /** Images per second, milliseconds or seconds: one value a repeat, or a goal. */
  readonly values: readonly number[]
  readonly calls?: readonly CallCost[]
}

/** What the page puts in its global scope for the driver. */
export interface Bench {
  measure(task: Task): Promise<Outcome>
  /** `cpu`: of one core; ask once a core at the same time for all of them. */
  ceilings(device: 'webgpu' | 'cpu', timing: Timing): Promise<Ceilings>
}

declare global {
  var bench: Bench
}
