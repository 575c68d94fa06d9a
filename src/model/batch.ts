// The call that gathers a batch: in order for evaluating and predicting, shuffled and augmented for training.

import type { Input } from '../datasets/dataset'
import * as kernels from '../kernels'
import { call, type Buffer, type Call } from '../kernels/plan'
import { halfBits } from '../kernels/random'
import { strengthsOf } from './augmentation'
import { shapeOf } from './examples'
import { rowSize } from './shape'
import type { Spec } from './spec'

/** Examples that a batch takes its rows from: `count` of those in the buffers, from `first` on. */
export interface Examples {
  readonly input: Input
  readonly inputs: Buffer
  readonly labels: Buffer<'u32'>
  readonly first: number
  readonly count: number
}

/** The buffers of a gather call. */
export interface Bound {
  /** [step, seed] */
  readonly state: Buffer<'u32'>
  /** Mean and scale of every value of an example, [2, values] as they flow; read only if inputs are standardised. */
  readonly statistics: Buffer<'f32'>
  /** A flow of examples. */
  readonly inputs: Buffer<'f32'>
  /** Labels, [rows]. */
  readonly targets: Buffer<'u32'>
}

/** Gathers `rows` examples in their order. */
export function gatherInOrder(spec: Pick<Spec, 'input'>, rows: number, examples: Examples, bound: Bound): Call {
  return gather(spec, rows, examples, bound, 0)
}

/** Gathers `rows` examples in shuffled order, augmented as the spec says. `synthetic`: the synthetic examples, if there are any. */
export function gatherToTrain(
  spec: Spec,
  rows: number,
  examples: Examples,
  synthetic: Examples | undefined,
  bound: Bound,
): Call {
  const strengths = strengthsOf(spec.augmentation)
  const share = synthetic ? spec.styleShare : 0
  const { input } = examples
  const plain = share === 0 && Object.values(strengths).every((strength) => strength === 0)
  if (plain || input.kind === 'features') return gather(spec, rows, examples, bound, 1)
  const { inputs: images, labels, first, count } = examples
  const constants = {
    ROWS: rows,
    WIDTH: input.width,
    HEIGHT: input.height,
    CHANNELS: input.channels,
    FIRST: first,
    COUNT: count,
    HALF_BITS: halfBits(count),
    STANDARDISED: isStandardised(spec) ? 1 : 0,
    SYNTHETIC: synthetic?.count ?? 0,
    ...kernels.augmentationConstants(share, strengths),
  }
  const replacing = synthetic ?? examples // every binding needs a store
  const stores = { images, labels, syntheticImages: replacing.inputs, syntheticLabels: replacing.labels }
  return call(kernels.gatherAugmented, constants, { ...stores, ...bound })
}

function gather(spec: Pick<Spec, 'input'>, rows: number, examples: Examples, bound: Bound, shuffle: 0 | 1): Call {
  const { input, inputs, labels, first, count } = examples
  const constants = {
    ROWS: rows,
    FLOATS: rowSize(shapeOf(input)),
    FIRST: first,
    COUNT: count,
    SHUFFLE: shuffle,
    HALF_BITS: halfBits(count),
    STANDARDISED: isStandardised(spec) ? 1 : 0,
  }
  return input.kind === 'features'
    ? call(kernels.gatherFeatures, constants, { features: inputs, labels, ...bound })
    : call(kernels.gather, constants, { images: inputs, labels, ...bound })
}

/** Whether inputs are standardised, over any set of examples. */
export const isStandardised = ({ input }: Pick<Spec, 'input'>): boolean => input !== 'unit'
