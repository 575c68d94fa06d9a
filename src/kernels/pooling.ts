// Max and average pooling over windows of SIZE x SIZE, STRIDE apart, without padding: shaders/*-pooling*.wgsl.
//
// `inputs` [ROWS HEIGHT WIDTH] positions of CHANNELS, INPUT_STRIDE floats apart; `outputs` [ROWS OUTPUT_HEIGHT OUTPUT_WIDTH,
// CHANNELS] under the padding rule.

import { derivative } from './activation'
import { ceilDiv, type Constants, kernel, linearWorkgroups, pad4, shader } from './kernel'

const sizes = {
  ROWS: 'u32',
  HEIGHT: 'u32',
  WIDTH: 'u32',
  CHANNELS: 'u32',
  INPUT_STRIDE: 'u32',
  OUTPUT_HEIGHT: 'u32',
  OUTPUT_WIDTH: 'u32',
  SIZE: 'u32',
  STRIDE: 'u32',
} as const

type Sizes = Constants<keyof typeof sizes>

const forEachOutput = ({ ROWS, OUTPUT_HEIGHT, OUTPUT_WIDTH, CHANNELS }: Sizes) =>
  linearWorkgroups((ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH * pad4(CHANNELS)) / 4)
const forEachInput = ({ ROWS, HEIGHT, WIDTH, INPUT_STRIDE }: Sizes) =>
  linearWorkgroups((ROWS * HEIGHT * WIDTH * INPUT_STRIDE) / Math.min(INPUT_STRIDE, 4))

/** Values of a window, and windows that an input lies in. */
const values = ({ SIZE }: Sizes) => SIZE * SIZE
const windows = ({ SIZE, STRIDE }: Sizes) => ceilDiv(SIZE, STRIDE) ** 2

/** Calls `visit` for every output value, with its place, the place of its window's first value, and its channel. */
function eachWindow(size: Sizes, visit: (output: number, first: number) => void) {
  const { ROWS, HEIGHT, WIDTH, CHANNELS, INPUT_STRIDE, OUTPUT_HEIGHT, OUTPUT_WIDTH, STRIDE } = size
  for (let position = 0; position < ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH; position++) {
    const image = Math.floor(position / (OUTPUT_HEIGHT * OUTPUT_WIDTH))
    const y = (Math.floor(position / OUTPUT_WIDTH) % OUTPUT_HEIGHT) * STRIDE
    const x = (position % OUTPUT_WIDTH) * STRIDE
    const first = ((image * HEIGHT + y) * WIDTH + x) * INPUT_STRIDE
    for (let c = 0; c < CHANNELS; c++) visit(position * pad4(CHANNELS) + c, first + c)
  }
}

/** Distance from the first value of a window to its value number `place`. */
const behind = ({ SIZE, WIDTH, INPUT_STRIDE }: Sizes, place: number) =>
  (Math.floor(place / SIZE) * WIDTH + (place % SIZE)) * INPUT_STRIDE

/** Largest value of every window, the first of equals; `places` holds its place, row by row in the window. */
export const maxPoolingForward = kernel({
  name: 'max-pooling',
  constants: sizes,
  bindings: { inputs: 'read f32', outputs: 'write f32', places: 'write u32' },
  variants: { default: { wgsl: shader('lib/window', 'max-pooling'), workgroups: forEachOutput, rounds: values } },
  reference(size, { inputs, outputs, places }) {
    eachWindow(size, (output, first) => {
      let best = 0
      for (let place = 1; place < size.SIZE ** 2; place++) {
        if (inputs[first + behind(size, place)] > inputs[first + behind(size, best)]) best = place
      }
      outputs[output] = inputs[first + behind(size, best)]
      places[output] = best
    })
  },
})

/** Gradient of the input: sums the gradients of windows in which the value was the largest; times the derivative of ACTIVATION at `saved`. */
export const maxPoolingGradient = kernel({
  name: 'max-pooling-gradient',
  constants: { ...sizes, ACTIVATION: 'u32' },
  bindings: { gradient: 'read f32', places: 'read u32', saved: 'read f32', inputGradient: 'write f32' },
  variants: {
    default: {
      wgsl: shader('lib/activations', 'lib/activation', 'lib/reader', 'max-pooling-gradient'),
      workgroups: (size) => forEachInput(size),
      rounds: (size) => windows(size),
    },
  },
  reference(size, { gradient, places, saved, inputGradient }) {
    const count = size.ROWS * size.HEIGHT * size.WIDTH * size.INPUT_STRIDE
    inputGradient.fill(0, 0, count)
    eachWindow(size, (output, first) => {
      inputGradient[first + behind(size, places[output])] += gradient[output]
    })
    for (let i = 0; i < count; i++) inputGradient[i] *= derivative(size.ACTIVATION, saved[i])
  },
})

/** Mean of every window. */
export const averagePoolingForward = kernel({
  name: 'average-pooling',
  constants: sizes,
  bindings: { inputs: 'read f32', outputs: 'write f32' },
  variants: { default: { wgsl: shader('lib/window', 'average-pooling'), workgroups: forEachOutput, rounds: values } },
  reference(size, { inputs, outputs }) {
    eachWindow(size, (output, first) => {
      let sum = 0
      for (let place = 0; place < size.SIZE ** 2; place++) sum += inputs[first + behind(size, place)]
      outputs[output] = sum / size.SIZE ** 2
    })
  },
})

/** Gradient of the input: sums its share of the gradients of its windows; times the derivative of ACTIVATION at `saved`. */
export const averagePoolingGradient = kernel({
  name: 'average-pooling-gradient',
  constants: { ...sizes, ACTIVATION: 'u32' },
  bindings: { gradient: 'read f32', saved: 'read f32', inputGradient: 'write f32' },
  variants: {
    default: {
      wgsl: shader('lib/activations', 'lib/activation', 'lib/reader', 'average-pooling-gradient'),
      workgroups: (size) => forEachInput(size),
      rounds: (size) => windows(size),
    },
  },
  reference(size, { gradient, saved, inputGradient }) {
    const count = size.ROWS * size.HEIGHT * size.WIDTH * size.INPUT_STRIDE
    inputGradient.fill(0, 0, count)
    eachWindow(size, (output, first) => {
      const share = gradient[output] / size.SIZE ** 2
      for (let place = 0; place < size.SIZE ** 2; place++) inputGradient[first + behind(size, place)] += share
    })
    for (let i = 0; i < count; i++) inputGradient[i] *= derivative(size.ACTIVATION, saved[i])
  },
})
