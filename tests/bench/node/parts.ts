// The parts of a measurement without a browser: what there is, how much of it, and what comes out.

import { presets } from '../../../src/model/presets'
import type { Ceilings } from '../page/gpu-ceilings'
import type { CallCost } from '../page/profile'
import { GOALS } from '../page/task'
import type { Timing } from '../page/timing'
import { planned, type Planned } from '../plan'
import { workloadNames } from '../workloads'

/** How much is measured. */
export interface Amount extends Timing {
  /** Of a kernel's cases one of so many is run. */
  readonly every: number
  /** The presets whose training is timed, and networks with whole steps. */
  readonly presets: readonly string[]
  /** After so many minutes a run to an accuracy is cut. */
  readonly minutes: number
  /** After so many minutes any part is given up. */
  readonly limit: number
}

/** Small networks, for which a step may be one workgroup's. */
const SMALL = ['W1 whole', 'tiny', 'tiny whole']

/** The convolutional presets for MNIST. */
const convolutional = presets.filter(({ spec }) => spec.layers.some(({ type }) => type === 'conv2d'))

export const whole: Amount = {
  seconds: 2,
  repeats: 3,
  every: 1,
  presets: [...SMALL, ...convolutional.map(({ name }) => name)],
  minutes: 10,
  limit: 60,
}
export const quick: Amount = {
  seconds: 0.5,
  repeats: 1,
  every: 10,
  presets: [...SMALL, 'lenet'],
  minutes: 0.5,
  limit: 15,
}

/** What is measured by itself. `name` is what options and results call it. */
export type Part =
  | { readonly kind: 'device' | 'kernels' | 'ceilings'; readonly name: string }
  | ({ readonly kind: 'training' | 'accuracy' } & Planned)

/** What the process that measures a part is told. */
export interface Assignment {
  readonly part: Part
  readonly amount: Amount
}

/** The adapter, as far as it tells. */
export interface DeviceFacts {
  readonly adapter: string
  readonly software: boolean
  readonly info: Readonly<Record<string, string | number | boolean>>
  readonly features: readonly string[]
  readonly limits: Readonly<Record<string, number>>
}

/** Kernels compared with their reference. */
export interface KernelTests {
  readonly cases: number
  /** A sentence for each case that does not agree. */
  readonly failures: readonly string[]
  /** Why some were not run. */
  readonly leftOut: string | undefined
}

/** How fast a network trains. */
export interface Training {
  /** Images per second, one value a repeat. */
  readonly values: readonly number[]
  /** Floating-point operations for one image. */
  readonly flops: number
  /** Of a step; empty where they could not be timed. */
  readonly calls: readonly CallCost[]
  /** The variants that the device chose. */
  readonly kernels: string
}

/** Test accuracies, in per cent, that runs are timed to. */
export const goals = [...GOALS, 99.5] as const

/** How long a run of a preset takes to `goals`. */
export interface GoalRun {
  /** Seconds since the first step until the first evaluation at a goal; null if the run has not reached it. */
  readonly reached: readonly (number | null)[]
  /** In per cent; null if nothing was evaluated. */
  readonly accuracy: number | null
  readonly bestAccuracy: number | null
  readonly epochs: number
  readonly seconds: number
  /** Evaluations included. */
  readonly imagesPerSecond: number
  readonly cut: boolean
}

/** What a part measures. */
export interface Measured {
  readonly device?: DeviceFacts
  readonly kernels?: KernelTests
  readonly ceilings?: Ceilings
  readonly training?: Training
  readonly run?: GoalRun
  /** Why there is no more. */
  readonly error?: string
}

/** What came of a part. */
export interface PartResult extends Measured {
  readonly name: string
  /** Seconds that it took. */
  readonly seconds: number
}

/** Presets that are trained to accuracies. */
const TRAINED = ['default', 'best']

const suffix = ' accuracy'

/** All parts in their order. */
export function partsOf(amount: Amount): readonly Part[] {
  const of = (name: string) => planned.find((network) => network.name === name)!
  return [
    ...(['device', 'kernels', 'ceilings'] as const).map((kind) => ({ kind, name: kind })),
    ...[...workloadNames, ...amount.presets].map((name) => ({ kind: 'training' as const, ...of(name) })),
    ...TRAINED.map((name) => ({ kind: 'accuracy' as const, ...of(name), name: name + suffix })),
  ]
}

/** The preset of a part that trains to accuracies. */
export const presetOf = (name: string): string => name.slice(0, -suffix.length)
