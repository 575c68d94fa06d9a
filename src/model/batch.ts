// The call that gathers a batch: in order to evaluate and predict, shuffled and augmented to train.

import * as kernels from '../kernels'
import { call, type Buffer, type Call } from '../kernels/plan'
import { halfBits } from '../kernels/random'
import { strengthsOf } from './augmentation'
import { IMAGE, PIXELS, type Spec } from './spec'

/** Examples that a batch takes its rows from: `count` of those in the buffers, from `first` on. */
export interface Examples {
  readonly images: Buffer<'u32'>
  readonly labels: Buffer<'u32'>
  readonly first: number
  readonly count: number
}

/** What a batch is gathered by and into. */
export interface Bound {
  /** [step, seed] */
  readonly state: Buffer<'u32'>
  /** Mean and scale of every pixel, [2, PIXELS]; read where inputs are standardised. */
  readonly statistics: Buffer<'f32'>
  /** [rows, PIXELS] */
  readonly inputs: Buffer<'f32'>
  /** Labels, [rows]. */
  readonly targets: Buffer<'u32'>
}

/** Gathers `rows` examples in their order. */
export function gatherInOrder(spec: Pick<Spec, 'input'>, rows: number, examples: Examples, bound: Bound): Call {
  return gather(spec, rows, examples, bound, 0)
}

/** Gathers `rows` examples in shuffled order, augmented as the spec has it; `styles` are its synthetic digits, where there are any. */
export function gatherToTrain(
  spec: Spec,
  rows: number,
  examples: Examples,
  styles: Examples | undefined,
  bound: Bound,
): Call {
  const strengths = strengthsOf(spec.augmentation)
  const share = styles ? spec.styleShare : 0
  if (share === 0 && Object.values(strengths).every((strength) => strength === 0)) {
    return gather(spec, rows, examples, bound, 1)
  }
  const [height, width] = IMAGE
  const { images, labels, first, count } = examples
  const constants = {
    ROWS: rows,
    WIDTH: width,
    HEIGHT: height,
    CHANNELS: 1,
    FIRST: first,
    COUNT: count,
    HALF_BITS: halfBits(count),
    STANDARDISED: spec.input === 'standardised' ? 1 : 0,
    STYLES: styles?.count ?? 0,
    ...kernels.augmentationConstants(share, strengths),
  }
  // Without synthetic digits something must be bound all the same.
  const style = styles ?? examples
  const stores = { images, labels, styleImages: style.images, styleLabels: style.labels }
  return call(kernels.gatherAugmented, constants, { ...stores, ...bound })
}

function gather(spec: Pick<Spec, 'input'>, rows: number, examples: Examples, bound: Bound, shuffle: 0 | 1): Call {
  const { images, labels, first, count } = examples
  const constants = {
    ROWS: rows,
    PIXELS,
    FIRST: first,
    COUNT: count,
    SHUFFLE: shuffle,
    HALF_BITS: halfBits(count),
    STANDARDISED: spec.input === 'standardised' ? 1 : 0,
  }
  return call(kernels.gather, constants, { images, labels, ...bound })
}
