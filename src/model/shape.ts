// Shapes of flows between layers, and their layout in memory.
//
// An image has axes height, width, channels (NHWC with the batch axis in front); gray images of a data set, which have one
// channel, have only height and width. A flow is stored as a matrix of positions and channels under the padding rule of
// kernels/plan.ts: every row of a vector, or every position of an image, takes its channels rounded up to four floats.
// Images with no channel axis take exactly height x width floats, so that a dense layer reads them as they are.

import { pad4 } from '../kernels/kernel'

/** Sizes along each axis without the batch axis: [values], [height, width] or [height, width, channels]. */
export type Shape = readonly number[]

/** An image's axes; `stride` is the number of floats from one position to the next. */
interface ImageShape {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly stride: number
}

/** A flow as a matrix: rows of the batch times `positions`, and `channels`. */
interface MatrixShape {
  readonly positions: number
  readonly channels: number
}

/** The shape as an image; undefined for a vector. */
export function asImage(shape: Shape): ImageShape | undefined {
  const [height, width, channels] = shape
  if (shape.length === 3) return { height, width, channels, stride: pad4(channels) }
  return shape.length === 2 ? { height, width, channels: 1, stride: 1 } : undefined
}

/** The shape of an image, for layers that refuse vectors. @throws on a vector */
export function imageOf(shape: Shape): ImageShape {
  const image = asImage(shape)
  if (!image) throw new Error(`A vector of ${shape.join(' x ')} is no image.`)
  return image
}

/** The shape as a matrix: only `channels` are padded. */
export function asMatrix(shape: Shape): MatrixShape {
  if (shape.length === 3) return { positions: shape[0] * shape[1], channels: shape[2] }
  return { positions: 1, channels: countOf(shape) }
}

/** Number of values in a shape, without padding. */
export function countOf(shape: Shape): number {
  return shape.reduce((a, b) => a * b, 1)
}

/** Floats that one example of the shape takes in storage. */
export function rowSize(shape: Shape): number {
  const { positions, channels } = asMatrix(shape)
  return positions * pad4(channels)
}

/** Whether a layer's output may have such a shape. */
export function isShape(shape: Shape): boolean {
  return shape.every((size) => Number.isInteger(size) && size > 0)
}
