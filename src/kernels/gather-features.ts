// Gathers a batch of feature vectors out of the data set on the device: shaders/gather-features.wgsl.

import { fewRounds, kernel, linearWorkgroups, shader } from './kernel'
import { labelOf, placeOf } from './order'

/**
 * Constants and bindings as in `gather`, with FLOATS floats of an example both in the store and in `inputs`: the number of features
 * rounded up to a multiple of 4. `features` holds 32-bit floats, zero in padding.
 */
export const gatherFeatures = kernel({
  name: 'gather-features',
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
    features: 'read f32',
    labels: 'read u32',
    statistics: 'read f32',
    inputs: 'write f32',
    targets: 'write u32',
  },
  variants: {
    default: {
      wgsl: shader('lib/random', 'lib/order', 'gather-features'),
      workgroups: ({ ROWS, FLOATS }) => linearWorkgroups((ROWS * FLOATS) / 4),
      rounds: fewRounds,
    },
  },
  reference(constants, { state, features, labels, statistics, inputs, targets }) {
    const { ROWS, FLOATS, STANDARDISED } = constants
    for (let row = 0; row < ROWS; row++) {
      const place = placeOf(row, constants, state)
      for (let f = 0; f < FLOATS; f++) {
        const value = features[place.example * FLOATS + f]
        inputs[row * FLOATS + f] = STANDARDISED === 1 ? (value - statistics[f]) * statistics[FLOATS + f] : value
      }
      targets[row] = labelOf(labels, place)
    }
  },
})
