// Gathers a batch of images out of the data set on the device: shaders/gather.wgsl.

import { ceilDiv, fewRounds, kernel, linearWorkgroups, shader } from './kernel'
import { byteOf, imageBytes, labelOf, placeOf } from './order'

/**
 * ROWS of the batch, FLOATS the floats of an example in `inputs` (a multiple of 4, padding included), COUNT of examples from FIRST on,
 * SHUFFLE and STANDARDISED 0 or 1, HALF_BITS of the shuffle (`halfBits(COUNT)`). Bindings: `state` [step, seed]; `images` packed bytes,
 * little-endian in each word, one for each float of an example, its row of bytes rounded up to whole 16; `labels` packed bytes;
 * `statistics` [2, FLOATS] mean and scale, read where STANDARDISED is 1, both zero in padding; `inputs` [ROWS, FLOATS]; `targets` [ROWS].
 */
export const gather = kernel({
  name: 'gather',
  constants: {
    ROWS: 'u32',
    FLOATS: 'u32',
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
      wgsl: shader('lib/random', 'lib/order', 'gather'),
      workgroups: ({ ROWS, FLOATS }) => linearWorkgroups(ROWS * ceilDiv(FLOATS, 16)),
      rounds: fewRounds,
    },
  },
  reference(constants, { state, images, labels, statistics, inputs, targets }) {
    const { ROWS, FLOATS, STANDARDISED } = constants
    for (let row = 0; row < ROWS; row++) {
      const place = placeOf(row, constants, state)
      const image = place.example * imageBytes(FLOATS)
      for (let p = 0; p < FLOATS; p++) {
        const pixel = byteOf(images, image + p) * (1 / 255)
        inputs[row * FLOATS + p] = STANDARDISED === 1 ? (pixel - statistics[p]) * statistics[FLOATS + p] : pixel
      }
      targets[row] = labelOf(labels, place)
    }
  },
})
