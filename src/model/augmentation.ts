// Changes training images each time a batch takes them, so that a network never sees the same image twice.

import { real, type Kind, type PartOf } from './fields'

/** The kinds of augmentation with their strengths. Every image draws a random number between minus and plus each strength but `flip`. */
export const augmentationTypes = {
  none: { title: 'None', fields: {} },
  /** An affine map around the middle and an elastic field: see kernels/gather-augmented.ts. */
  warp: {
    title: 'Warp',
    fields: {
      /** Degrees. */
      rotation: real('Rotation (°)', 0, 60, 15, 1),
      /** Of each axis by itself, as a share of its length. */
      scale: real('Scale', 0, 0.5, 0.1, 0.01),
      /** Sideways, as a share of the height. */
      shear: real('Shear', 0, 0.5, 0.1, 0.01),
      /** Pixels in both directions. */
      shift: real('Shift (px)', 0, 10, 1, 0.5),
      /** Pixels, at nodes 8 pixels apart. */
      elastic: real('Elastic (px)', 0, 4, 0, 0.25),
      /** Chance of an image to be mirrored left to right, in 256ths. */
      flip: real('Flip (share)', 0, 1, 0, 0.1),
    },
  },
} satisfies Record<string, Kind>

export type Augmentation = PartOf<typeof augmentationTypes>

/** Strengths of a kind that has none. */
const NONE = { rotation: 0, scale: 0, shear: 0, shift: 0, elastic: 0, flip: 0 }

/** The strengths of an augmentation; all zero where there is none. */
export const strengthsOf = (augmentation: Augmentation) => (augmentation.type === 'none' ? NONE : augmentation)
