// Gathers a batch of images to train on: some rows are synthetic, and all are warped: shaders/gather-augmented.wgsl.

import { type Constants, fewRounds, kernel, linearWorkgroups, pad4, shader } from './kernel'
import { byteOf, imageBytes } from './order'
import { hash, shuffled, Stream, uniform } from './random'

/**
 * Uses of a row's random numbers: element `row * DRAWS + k`. The elastic field takes two for each node from `elastic` on. The
 * share takes the upper 24 bits of its number, and the flip the lower 8.
 */
const Draw = {
  share: 0,
  example: 1,
  rotation: 2,
  width: 3,
  height: 4,
  shear: 5,
  right: 6,
  down: 7,
  elastic: 8,
} as const

/** Pixels between the nodes of the elastic field. */
const CELL = 8

/** NODES of the elastic field along a line, LINES of them, and DRAWS, the random numbers of a row: a power of two. */
function fieldOf({ WIDTH, HEIGHT }: Constants<'WIDTH' | 'HEIGHT'>) {
  const along = (side: number) => Math.floor((side - 1) / CELL) + 2
  const [NODES, LINES] = [along(WIDTH), along(HEIGHT)]
  return { NODES, LINES, DRAWS: 2 ** Math.ceil(Math.log2(Draw.elastic + 2 * NODES * LINES)) }
}

/** Floats of an example in `inputs`. */
function floatsOf({ WIDTH, HEIGHT, CHANNELS }: Constants<'WIDTH' | 'HEIGHT' | 'CHANNELS'>): number {
  return CHANNELS === 1 ? pad4(WIDTH * HEIGHT) : 4 * WIDTH * HEIGHT
}

/**
 * Constants of a share (0 to 1) of synthetic rows and of the strengths of warping. `rotation` in degrees to both sides, under 90; `scale`,
 * `shear` and `flip` as shares; `shift` and `elastic` in pixels.
 */
export function augmentationConstants(
  share: number,
  {
    rotation,
    scale,
    shear,
    shift,
    elastic,
    flip,
  }: Readonly<Record<'rotation' | 'scale' | 'shear' | 'shift' | 'elastic' | 'flip', number>>,
) {
  return {
    SHARE: Math.round(share * 0x100_0000),
    FLIP: Math.round(flip * 0x100),
    TURN: Math.tan((rotation * Math.PI) / 360),
    SCALE: scale,
    SHEAR: shear,
    SHIFT: shift,
    ELASTIC: elastic,
  }
}

/**
 * Strengths are constants, so that a strength of zero costs nothing; other strengths mean another run in any case.
 *
 * ROWS of the batch out of COUNT examples from FIRST on, in shuffled order as in `gather`; HALF_BITS of the shuffle. With a
 * probability of SHARE / 2^24 a row takes one of SYNTHETIC synthetic examples instead, and with one of FLIP / 2^8 its image is
 * mirrored left to right. Images are HEIGHT x WIDTH, 1 to 128 each, of
 * CHANNELS, 1 or 3; of three, each pixel takes a fourth value of 0. Strengths: see `augmentationConstants`; TURN is the tangent of
 * half the largest rotation. Bindings as in `gather`, with the synthetic examples in `syntheticImages` and `syntheticLabels`.
 *
 * An affine map, drawn for each row, and an elastic field give each pixel its place in the source, which is sampled bilinearly;
 * outside the image all is zero. The field is bilinear between random offsets at nodes CELL pixels apart, a simple form of
 * Simard, Steinkraus & Platt (2003), Best practices for convolutional neural networks, section 2.
 */
export const gatherAugmented = kernel({
  name: 'gather-augmented',
  constants: {
    ROWS: 'u32',
    WIDTH: 'u32',
    HEIGHT: 'u32',
    CHANNELS: 'u32',
    FIRST: 'u32',
    COUNT: 'u32',
    HALF_BITS: 'u32',
    STANDARDISED: 'u32',
    SYNTHETIC: 'u32',
    SHARE: 'u32',
    FLIP: 'u32',
    TURN: 'f32',
    SCALE: 'f32',
    SHEAR: 'f32',
    SHIFT: 'f32',
    ELASTIC: 'f32',
  },
  bindings: {
    state: 'read u32',
    images: 'read u32',
    labels: 'read u32',
    syntheticImages: 'read u32',
    syntheticLabels: 'read u32',
    statistics: 'read f32',
    inputs: 'write f32',
    targets: 'write u32',
  },
  variants: {
    default: {
      wgsl: shader('lib/random', 'gather-augmented'),
      tile: (constants) => {
        const { NODES, DRAWS } = fieldOf(constants)
        return { NODES, DRAWS }
      },
      workgroups: (constants) => linearWorkgroups((constants.ROWS * floatsOf(constants)) / 4),
      rounds: fewRounds,
    },
  },
  reference(constants, { state, images, labels, syntheticImages, syntheticLabels, statistics, inputs, targets }) {
    const { ROWS, WIDTH, HEIGHT, CHANNELS, FIRST, COUNT, STANDARDISED } = constants
    const { SYNTHETIC, SHARE, FLIP, TURN, SCALE, SHEAR, SHIFT, ELASTIC } = constants
    const { NODES, LINES, DRAWS } = fieldOf(constants)
    const [step, seed] = state
    const counter = Stream.augmentation + step
    const floats = floatsOf(constants)
    /** From a pixel to the next, in floats and bytes. */
    const stride = CHANNELS === 1 ? 1 : 4
    const [offsetX, offsetY] = [new Float64Array(NODES * LINES), new Float64Array(NODES * LINES)]

    for (let row = 0; row < ROWS; row++) {
      /** From -1 to 1. */
      const draw = (k: number) => 2 * uniform(seed, counter, row * DRAWS + k) - 1
      const bits = hash(seed, counter, row * DRAWS + Draw.share)
      const synthetic = bits >>> 8 < SHARE
      const flipped = (bits & 0xff) < FLIP
      const position = step * ROWS + row
      const example = synthetic
        ? hash(seed, counter, row * DRAWS + Draw.example) % SYNTHETIC
        : FIRST + shuffled(position % COUNT, COUNT, seed, Math.floor(position / COUNT))
      const from = synthetic ? syntheticImages : images
      const image = example * imageBytes(floats)

      // Sine and cosine by the tangent of half the angle: a GPU's own sine is only good to 2^-11.
      const t = TURN * draw(Draw.rotation)
      const [cosine, sine] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)]
      const [width, height] = [1 + SCALE * draw(Draw.width), 1 + SCALE * draw(Draw.height)]
      const shear = SHEAR * draw(Draw.shear)
      const [right, down] = [SHIFT * draw(Draw.right), SHIFT * draw(Draw.down)]
      for (let i = 0; i < NODES * LINES; i++) {
        offsetX[i] = ELASTIC * draw(Draw.elastic + 2 * i)
        offsetY[i] = ELASTIC * draw(Draw.elastic + 2 * i + 1)
      }

      inputs.fill(0, row * floats, (row + 1) * floats)
      for (let p = 0; p < WIDTH * HEIGHT; p++) {
        const [x, y] = [p % WIDTH, Math.floor(p / WIDTH)]
        // The middle of the image is half a pixel right of and below the pixels' centres, as the centre of mass of MNIST's digits is.
        const [u, v] = [x - WIDTH / 2 - right, y - HEIGHT / 2 - down]
        const turnedY = (cosine * v - sine * u) * height
        const turnedX = (cosine * u + sine * v) * width + shear * turnedY

        const [column, line] = [Math.floor(x / CELL), Math.floor(y / CELL)]
        const [a, b] = [x / CELL - column, y / CELL - line]
        const node = line * NODES + column
        const blend = (offsets: Float64Array) =>
          (1 - b) * ((1 - a) * offsets[node] + a * offsets[node + 1]) +
          b * ((1 - a) * offsets[node + NODES] + a * offsets[node + NODES + 1])

        const unflipped = turnedX + WIDTH / 2 + blend(offsetX)
        const sourceX = flipped ? WIDTH - 1 - unflipped : unflipped
        const sourceY = turnedY + HEIGHT / 2 + blend(offsetY)
        const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)]
        const [c, d] = [sourceX - left, sourceY - top]
        for (let channel = 0; channel < CHANNELS; channel++) {
          const tap = (tapX: number, tapY: number) =>
            tapX >= 0 && tapX < WIDTH && tapY >= 0 && tapY < HEIGHT
              ? byteOf(from, image + (tapY * WIDTH + tapX) * stride + channel)
              : 0
          const ink =
            (1 - d) * ((1 - c) * tap(left, top) + c * tap(left + 1, top)) +
            d * ((1 - c) * tap(left, top + 1) + c * tap(left + 1, top + 1))
          const pixel = ink / 255
          const at = p * stride + channel
          inputs[row * floats + at] = STANDARDISED === 1 ? (pixel - statistics[at]) * statistics[floats + at] : pixel
        }
      }
      targets[row] = byteOf(synthetic ? syntheticLabels : labels, example)
    }
  },
})
