// Batch normalisation over the ROWS of a matrix [ROWS, CHANNELS] (for images, rows of the batch times positions):
// shaders/batch-norm-*.wgsl. Sums over rows are made in parallel CHUNKS, and then combined.
//
// `statistics` [2, CHANNELS]: mean, and 1 / sqrt(variance + epsilon). SCALE and SHIFT: where the layer's gamma and beta start
// in `parameters` and `gradients`; MEAN and VARIANCE: where its running statistics start in `running`.

import { derivative } from './activation'
import { ceilDiv, fewRounds, kernel, linearWorkgroups, pad4, shader, type Workgroups } from './kernel'

/** Chunks for a number of rows: enough to fill a device, none of them tiny. */
export const chunksOf = (rows: number): number => Math.min(64, ceilDiv(rows, 16))

/** Rows of chunk number `chunk`: from, and up to but not including. */
function rowsOf(chunk: number, { ROWS, CHUNKS }: { ROWS: number; CHUNKS: number }): [number, number] {
  const each = ceilDiv(ROWS, CHUNKS)
  return [Math.min(chunk * each, ROWS), Math.min((chunk + 1) * each, ROWS)]
}

const blocks = ({ CHANNELS }: { CHANNELS: number }) => pad4(CHANNELS) / 4

interface Chunked {
  readonly ROWS: number
  readonly CHANNELS: number
  readonly CHUNKS: number
}

/** Blocks of channels that a workgroup does together, a power of two: eight are a line of most caches. */
const together = (size: Chunked) => 2 ** Math.floor(Math.log2(Math.min(8, blocks(size))))

/** Sums of a chunk's rows: by one invocation for four channels (`blocks`), or by a workgroup, for GPUs (`split`). */
const sumVariants = (file: string) => ({
  blocks: {
    wgsl: shader(file),
    workgroups: (size: Chunked) => linearWorkgroups(size.CHUNKS * blocks(size)),
    rounds: ({ ROWS, CHUNKS }: Chunked) => ceilDiv(ROWS, CHUNKS),
  },
  split: {
    wgsl: shader(`${file}-split`),
    tile: (size: Chunked) => ({ TOGETHER: together(size) }),
    workgroups: (size: Chunked): Workgroups => [ceilDiv(blocks(size), together(size)), size.CHUNKS],
    rounds: (size: Chunked) => ceilDiv(ceilDiv(size.ROWS, size.CHUNKS), 64 / together(size)),
  },
})

/** The mean of every chunk and the sum of squared deviations from it, into `moments` [2 CHUNKS, CHANNELS], chunk by chunk. */
export const batchNormMoments = kernel({
  name: 'batch-norm-moments',
  constants: { ROWS: 'u32', CHANNELS: 'u32', CHUNKS: 'u32' },
  bindings: { inputs: 'read f32', moments: 'write f32' },
  variants: sumVariants('batch-norm-moments'),
  reference(size, { inputs, moments }) {
    const stride = pad4(size.CHANNELS)
    for (let chunk = 0; chunk < size.CHUNKS; chunk++) {
      const [from, to] = rowsOf(chunk, size)
      for (let c = 0; c < size.CHANNELS; c++) {
        let sum = 0
        for (let row = from; row < to; row++) sum += inputs[row * stride + c]
        const mean = sum / Math.max(to - from, 1)
        let squares = 0
        for (let row = from; row < to; row++) squares += (inputs[row * stride + c] - mean) ** 2
        moments[2 * chunk * stride + c] = mean
        moments[(2 * chunk + 1) * stride + c] = squares
      }
    }
  },
})

/**
 * Combines the chunks' moments (Chan, Golub & LeVeque 1983, eq. 2.1) and moves the running statistics towards them by
 * MOMENTUM; as in PyTorch, the running variance takes the unbiased estimate and the normalisation the biased one.
 */
export const batchNormStatistics = kernel({
  name: 'batch-norm-statistics',
  constants: {
    ROWS: 'u32',
    CHANNELS: 'u32',
    CHUNKS: 'u32',
    MOMENTUM: 'f32',
    EPSILON: 'f32',
    MEAN: 'u32',
    VARIANCE: 'u32',
  },
  bindings: { moments: 'read f32', statistics: 'write f32', running: 'read-write f32' },
  variants: {
    default: {
      wgsl: shader('batch-norm-statistics'),
      workgroups: (size) => linearWorkgroups(blocks(size)),
      rounds: ({ CHUNKS }) => CHUNKS,
    },
  },
  reference(size, { moments, statistics, running }) {
    const { ROWS, CHANNELS, CHUNKS, MOMENTUM, EPSILON, MEAN, VARIANCE } = size
    const stride = pad4(CHANNELS)
    for (let c = 0; c < CHANNELS; c++) {
      let count = 0
      let mean = 0
      let squares = 0
      for (let chunk = 0; chunk < CHUNKS; chunk++) {
        const [from, to] = rowsOf(chunk, size)
        if (to === from) continue
        const total = count + to - from
        const apart = moments[2 * chunk * stride + c] - mean
        mean += (apart * (to - from)) / total
        squares += moments[(2 * chunk + 1) * stride + c] + (apart * apart * count * (to - from)) / total
        count = total
      }
      statistics[c] = mean
      statistics[stride + c] = 1 / Math.sqrt(squares / ROWS + EPSILON)
      running[MEAN + c] += MOMENTUM * (mean - running[MEAN + c])
      running[VARIANCE + c] += MOMENTUM * (squares / Math.max(ROWS - 1, 1) - running[VARIANCE + c])
    }
  },
})

/** Computes the statistics from the running ones, outside training. */
export const batchNormRunning = kernel({
  name: 'batch-norm-running',
  constants: { CHANNELS: 'u32', EPSILON: 'f32', MEAN: 'u32', VARIANCE: 'u32' },
  bindings: { running: 'read f32', statistics: 'write f32' },
  variants: {
    default: {
      wgsl: shader('batch-norm-running'),
      workgroups: (size) => linearWorkgroups(blocks(size)),
      rounds: fewRounds,
    },
  },
  reference({ CHANNELS, EPSILON, MEAN, VARIANCE }, { running, statistics }) {
    for (let c = 0; c < CHANNELS; c++) {
      statistics[c] = running[MEAN + c]
      statistics[pad4(CHANNELS) + c] = 1 / Math.sqrt(running[VARIANCE + c] + EPSILON)
    }
  },
})

/** outputs = gamma (inputs - mean) / sqrt(variance + epsilon) + beta. */
export const batchNormOutput = kernel({
  name: 'batch-norm-output',
  constants: { ROWS: 'u32', CHANNELS: 'u32', SCALE: 'u32', SHIFT: 'u32' },
  bindings: { parameters: 'read f32', statistics: 'read f32', inputs: 'read f32', outputs: 'write f32' },
  variants: {
    default: {
      wgsl: shader('batch-norm-output'),
      workgroups: (size) => linearWorkgroups(size.ROWS * blocks(size)),
      rounds: fewRounds,
    },
  },
  reference({ ROWS, CHANNELS, SCALE, SHIFT }, { parameters, statistics, inputs, outputs }) {
    const stride = pad4(CHANNELS)
    for (let row = 0; row < ROWS; row++) {
      for (let c = 0; c < CHANNELS; c++) {
        const normal = (inputs[row * stride + c] - statistics[c]) * statistics[stride + c]
        outputs[row * stride + c] = parameters[SCALE + c] * normal + parameters[SHIFT + c]
      }
    }
  },
})

/** The sums of gradient * normalised input and of gradient of every chunk, into `sums` [2 CHUNKS, CHANNELS]. */
export const batchNormGradientSums = kernel({
  name: 'batch-norm-gradient-sums',
  constants: { ROWS: 'u32', CHANNELS: 'u32', CHUNKS: 'u32' },
  bindings: { gradient: 'read f32', inputs: 'read f32', statistics: 'read f32', sums: 'write f32' },
  variants: sumVariants('batch-norm-gradient-sums'),
  reference(size, { gradient, inputs, statistics, sums }) {
    const stride = pad4(size.CHANNELS)
    for (let chunk = 0; chunk < size.CHUNKS; chunk++) {
      const [from, to] = rowsOf(chunk, size)
      for (let c = 0; c < size.CHANNELS; c++) {
        let scale = 0
        let shift = 0
        for (let row = from; row < to; row++) {
          const at = row * stride + c
          scale += gradient[at] * (inputs[at] - statistics[c]) * statistics[stride + c]
          shift += gradient[at]
        }
        sums[2 * chunk * stride + c] = scale
        sums[(2 * chunk + 1) * stride + c] = shift
      }
    }
  },
})

/** Gradients of gamma and beta: combines the chunks' sums. */
export const batchNormGradients = kernel({
  name: 'batch-norm-gradients',
  constants: { CHANNELS: 'u32', CHUNKS: 'u32', SCALE: 'u32', SHIFT: 'u32' },
  bindings: { sums: 'read f32', gradients: 'write f32' },
  variants: {
    default: {
      wgsl: shader('batch-norm-gradients'),
      workgroups: (size) => linearWorkgroups(blocks(size)),
      rounds: ({ CHUNKS }) => CHUNKS,
    },
  },
  reference({ CHANNELS, CHUNKS, SCALE, SHIFT }, { sums, gradients }) {
    const stride = pad4(CHANNELS)
    for (let c = 0; c < CHANNELS; c++) {
      let scale = 0
      let shift = 0
      for (let chunk = 0; chunk < CHUNKS; chunk++) {
        scale += sums[2 * chunk * stride + c]
        shift += sums[(2 * chunk + 1) * stride + c]
      }
      gradients[SCALE + c] = scale
      gradients[SHIFT + c] = shift
    }
  },
})

/**
 * Gradient of the input through the batch's mean and variance (Ioffe & Szegedy 2015, section 3), times the derivative of
 * ACTIVATION at `saved`. Reads the gradients of gamma and beta that batchNormGradients has just made.
 */
export const batchNormInputGradient = kernel({
  name: 'batch-norm-input-gradient',
  constants: { ROWS: 'u32', CHANNELS: 'u32', SCALE: 'u32', SHIFT: 'u32', ACTIVATION: 'u32' },
  bindings: {
    parameters: 'read f32',
    gradients: 'read f32',
    statistics: 'read f32',
    gradient: 'read f32',
    inputs: 'read f32',
    saved: 'read f32',
    inputGradient: 'write f32',
  },
  variants: {
    default: {
      wgsl: shader('lib/activations', 'lib/activation', 'batch-norm-input-gradient'),
      workgroups: (size) => linearWorkgroups(size.ROWS * blocks(size)),
      rounds: fewRounds,
    },
  },
  reference({ ROWS, CHANNELS, SCALE, SHIFT, ACTIVATION }, buffers) {
    const { parameters, gradients, statistics, gradient, inputs, saved, inputGradient } = buffers
    const stride = pad4(CHANNELS)
    for (let row = 0; row < ROWS; row++) {
      for (let c = 0; c < CHANNELS; c++) {
        const at = row * stride + c
        const normal = (inputs[at] - statistics[c]) * statistics[stride + c]
        const through = gradient[at] - (gradients[SHIFT + c] + normal * gradients[SCALE + c]) / ROWS
        inputGradient[at] = parameters[SCALE + c] * statistics[stride + c] * through * derivative(ACTIVATION, saved[at])
      }
    }
  },
})
