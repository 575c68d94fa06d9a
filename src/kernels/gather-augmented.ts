// Gathers a batch to train on: some rows are synthetic digits, and all are warped: shaders/gather-augmented.wgsl.

import source from '../../shaders/gather-augmented.wgsl?raw'
import random from '../../shaders/lib/random.wgsl?raw'
import { kernel, linearWorkgroups } from './kernel'
import { hash, shuffled, Stream, uniform } from './random'

/** Random numbers of a row: element `row * DRAWS + k`, with k as `Draw` names them. */
const DRAWS = 64
/** What the random numbers of a row are for. The elastic field takes 2 NODES^2 from `elastic` on. */
const Draw = { share: 0, style: 1, rotation: 2, width: 3, height: 4, shear: 5, right: 6, down: 7, elastic: 8 } as const

/** Pixels between the nodes of the elastic field, and nodes along a side: they cover 28 pixels. */
const CELL = 8
const NODES = 5

/**
 * Constants of a share (0 to 1) of synthetic rows and of the strengths of warping. `rotation` in degrees to both sides, under 90; `scale` and
 * `shear` as shares; `shift` and `elastic` in pixels.
 */
export function augmentationConstants(
  share: number,
  {
    rotation,
    scale,
    shear,
    shift,
    elastic,
  }: Readonly<Record<'rotation' | 'scale' | 'shear' | 'shift' | 'elastic', number>>,
) {
  return {
    SHARE: Math.round(share * 0x100_0000),
    TURN: Math.tan((rotation * Math.PI) / 360),
    SCALE: scale,
    SHEAR: shear,
    SHIFT: shift,
    ELASTIC: elastic,
  }
}

/**
 * Strengths are constants, so that what is zero costs nothing; other ones make another run in any case.
 *
 * ROWS of the batch out of COUNT examples from FIRST on, in shuffled order as in `gather`; HALF_BITS of the shuffle; a row is one of STYLES
 * synthetic digits instead with a probability of SHARE / 2^24. Images are WIDTH (a multiple of 4) by HEIGHT, at most 32 each. Strengths: see `augmentationConstants`;
 * TURN is the tangent of half the largest rotation. Bindings as in `gather`, with the synthetic digits as bytes in `styleImages` and `styleLabels`.
 *
 * A pixel takes its value from where an affine map, other for every row, and an elastic field send it, by bilinear
 * interpolation; outside of the image there is paper. The field is bilinear between random offsets at nodes CELL pixels apart, a
 * simple form of Simard, Steinkraus & Platt (2003), Best practices for convolutional neural networks, section 2.
 */
export const gatherAugmented = kernel({
  name: 'gather-augmented',
  constants: {
    ROWS: 'u32',
    WIDTH: 'u32',
    HEIGHT: 'u32',
    FIRST: 'u32',
    COUNT: 'u32',
    HALF_BITS: 'u32',
    STANDARDISED: 'u32',
    STYLES: 'u32',
    SHARE: 'u32',
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
    styleImages: 'read u32',
    styleLabels: 'read u32',
    statistics: 'read f32',
    inputs: 'write f32',
    targets: 'write u32',
  },
  variants: {
    default: {
      wgsl: random + source,
      workgroups: ({ ROWS, WIDTH, HEIGHT }) => linearWorkgroups((ROWS * WIDTH * HEIGHT) / 4),
    },
  },
  reference(
    { ROWS, WIDTH, HEIGHT, FIRST, COUNT, STANDARDISED, STYLES, SHARE, TURN, SCALE, SHEAR, SHIFT, ELASTIC },
    { state, images, labels, styleImages, styleLabels, statistics, inputs, targets },
  ) {
    const [step, seed] = state
    const counter = Stream.augmentation + step
    const pixels = WIDTH * HEIGHT
    const byte = (array: ArrayLike<number>, at: number) => (array[at >> 2] >>> ((at & 3) * 8)) & 255
    const [offsetX, offsetY] = [new Float64Array(NODES * NODES), new Float64Array(NODES * NODES)]

    for (let row = 0; row < ROWS; row++) {
      /** From -1 to 1. */
      const draw = (k: number) => 2 * uniform(seed, counter, row * DRAWS + k) - 1
      const styled = hash(seed, counter, row * DRAWS + Draw.share) >>> 8 < SHARE
      const position = step * ROWS + row
      const example = styled
        ? hash(seed, counter, row * DRAWS + Draw.style) % STYLES
        : FIRST + shuffled(position % COUNT, COUNT, seed, Math.floor(position / COUNT))
      const from = styled ? styleImages : images

      // Sine and cosine by the tangent of half the angle: a GPU's own sine is only good to 2^-11.
      const t = TURN * draw(Draw.rotation)
      const [cosine, sine] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)]
      const [width, height] = [1 + SCALE * draw(Draw.width), 1 + SCALE * draw(Draw.height)]
      const shear = SHEAR * draw(Draw.shear)
      const [right, down] = [SHIFT * draw(Draw.right), SHIFT * draw(Draw.down)]
      for (let i = 0; i < NODES * NODES; i++) {
        offsetX[i] = ELASTIC * draw(Draw.elastic + 2 * i)
        offsetY[i] = ELASTIC * draw(Draw.elastic + 2 * i + 1)
      }

      for (let p = 0; p < pixels; p++) {
        const [x, y] = [p % WIDTH, Math.floor(p / WIDTH)]
        // The centre of mass is in the middle of the image, half a pixel right of and below that of the pixels' centres.
        const [u, v] = [x - WIDTH / 2 - right, y - HEIGHT / 2 - down]
        const turnedY = (cosine * v - sine * u) * height
        const turnedX = (cosine * u + sine * v) * width + shear * turnedY

        const [column, line] = [Math.floor(x / CELL), Math.floor(y / CELL)]
        const [a, b] = [x / CELL - column, y / CELL - line]
        const node = line * NODES + column
        const blend = (offsets: Float64Array) =>
          (1 - b) * ((1 - a) * offsets[node] + a * offsets[node + 1]) +
          b * ((1 - a) * offsets[node + NODES] + a * offsets[node + NODES + 1])

        const sourceX = turnedX + WIDTH / 2 + blend(offsetX)
        const sourceY = turnedY + HEIGHT / 2 + blend(offsetY)
        const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)]
        const [c, d] = [sourceX - left, sourceY - top]
        const tap = (tapX: number, tapY: number) =>
          tapX >= 0 && tapX < WIDTH && tapY >= 0 && tapY < HEIGHT
            ? byte(from, example * pixels + tapY * WIDTH + tapX)
            : 0
        const ink =
          (1 - d) * ((1 - c) * tap(left, top) + c * tap(left + 1, top)) +
          d * ((1 - c) * tap(left, top + 1) + c * tap(left + 1, top + 1))
        const pixel = ink / 255
        inputs[row * pixels + p] = STANDARDISED === 1 ? (pixel - statistics[p]) * statistics[pixels + p] : pixel
      }
      targets[row] = byte(styled ? styleLabels : labels, example)
    }
  },
})
