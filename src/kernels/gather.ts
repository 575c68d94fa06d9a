// Gathers a batch out of the data set on the device: shaders/gather.wgsl.

import source from '../../shaders/gather.wgsl?raw'
import random from '../../shaders/lib/random.wgsl?raw'
import { ceilDiv, kernel, linearWorkgroups } from './kernel'
import { NO_LABEL } from './labels'
import { shuffled } from './random'

/**
 * ROWS of the batch, PIXELS of an image (a multiple of 16), COUNT of examples from FIRST on, SHUFFLE and STANDARDISED 0 or 1, HALF_BITS of the shuffle
 * (`halfBits(COUNT)`). Bindings: `state` [step, seed]; `images`, `labels` packed bytes, little-endian in each word;
 * `statistics` [2, PIXELS] mean and scale, read where STANDARDISED is 1; `inputs` [ROWS, PIXELS]; `targets` [ROWS].
 */
export const gather = kernel({
  name: 'gather',
  constants: {
    ROWS: 'u32',
    PIXELS: 'u32',
    FIRST: 'u32',
    COUNT: 'u32',
    SHUFFLE: 'u32',
    HALF_BITS: 'u32',
    STANDARDISED: 'u32',
  },
  bindings: {
    state: 'read u32',
    images: 'read u32',
    labels: 'read u32',
    statistics: 'read f32',
    inputs: 'write f32',
    targets: 'write u32',
  },
  variants: {
    default: {
      wgsl: random + source,
      workgroups: ({ ROWS, PIXELS }) => linearWorkgroups((ROWS * PIXELS) / 16),
    },
  },
  reference(
    { ROWS, PIXELS, FIRST, COUNT, SHUFFLE, STANDARDISED },
    { state, images, labels, statistics, inputs, targets },
  ) {
    const [step, seed] = state
    for (let row = 0; row < ROWS; row++) {
      const position = SHUFFLE === 1 ? step * ROWS + row : (step % ceilDiv(COUNT, ROWS)) * ROWS + row
      const inside = SHUFFLE === 1 || position < COUNT
      let example = FIRST + (inside ? position : 0)
      if (SHUFFLE === 1) example = FIRST + shuffled(position % COUNT, COUNT, seed, Math.floor(position / COUNT))
      for (let p = 0; p < PIXELS; p++) {
        const at = example * PIXELS + p
        const byte = (images[at >> 2] >>> ((at & 3) * 8)) & 255
        const pixel = byte * (1 / 255)
        inputs[row * PIXELS + p] = STANDARDISED === 1 ? (pixel - statistics[p]) * statistics[PIXELS + p] : pixel
      }
      targets[row] = inside ? (labels[example >> 2] >>> ((example & 3) * 8)) & 255 : NO_LABEL
    }
  },
})
