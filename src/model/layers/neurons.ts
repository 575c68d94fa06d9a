// What the neurons of a layer compute outside training, told by each kind of layer for the panels that show it.

import type { ActivationName } from '../../kernels/activation'
import type { Values, Fields } from '../fields'
import { imageOf, type Shape } from '../shape'

/** activation(sum of weights * inputs + bias): the terms of one neuron. */
export interface Terms {
  /** Numbers of the values it reads in the output of the layer below, or in the example; -1 where its window hangs over the border. */
  readonly sources: Int32Array
  /** What each is multiplied by. Max pooling takes one of its inputs: 1 there and else 0. */
  readonly weights: Float32Array
  /** Shape of `weights`: [height, width] of a picture, [inputs], or [rows, columns, channels] of a window. */
  readonly shape: Shape
  readonly bias: number
  readonly activation: ActivationName
  /** Batch normalisation's own numbers: weight = scale / sqrt(variance + epsilon), bias = shift - mean * weight. */
  readonly norm?: Readonly<Record<'mean' | 'variance' | 'epsilon' | 'scale' | 'shift', number>>
}

/** A parameter of the layer where it lies. */
export interface ParameterValues {
  readonly values: Float32Array
  readonly offset: number
}

/** One neuron, and what its layer gets and gives; values are in row-major order without padding. */
export interface NeuronContext {
  /** Number of the value in the layer's output. */
  readonly unit: number
  readonly inputShape: Shape
  readonly outputShape: Shape
  /** Shape in which the input was made: that of the layer below, past those that pass on. */
  readonly sourceShape: Shape
  readonly inputs: Float32Array
  readonly outputs: Float32Array
  /** @throws Error where the layer has no such parameter */
  parameter(name: string): ParameterValues
}

/** Neurons that compute. */
export interface ComputingNeurons<F extends Fields> {
  /** What a neuron makes of the values that it reads. */
  readonly how: 'sum' | 'largest' | 'mean' | 'normalised' | 'function'
  /** Side of the square window of an image that a neuron reads; without it, it reads all values of the layer below, or the one in its place. */
  window?(layer: Values<F>): number
  terms(layer: Values<F>, context: NeuronContext): Terms
}

/** Neurons that give what they get outside training. */
interface PassingNeurons {
  /** What the layer does then, as the end of a sentence. */
  readonly passOn: string
}

export type Neurons<F extends Fields = Fields> = ComputingNeurons<F> | PassingNeurons

/** A value of a parameter that is a vector. */
export const valueAt = ({ values, offset }: ParameterValues, i: number): number => values[offset + i]

/** Terms of a value that is made of the one value in its place. */
export const oneTerm = (source: number, weight: number, bias: number): Terms => ({
  sources: Int32Array.of(source),
  weights: Float32Array.of(weight),
  shape: [1],
  bias,
  activation: 'linear',
})

/** Numbers of the inputs in an output's window, tap by tap with all channels side by side; -1 beyond the border. */
export function windowSources(
  { inputShape, outputShape, unit }: NeuronContext,
  { size, stride, before: [above, left] }: { size: number; stride: number; before: readonly [number, number] },
): Int32Array {
  const { height, width, channels } = imageOf(inputShape)
  const position = Math.floor(unit / outputShape[2])
  const top = Math.floor(position / outputShape[1]) * stride - above
  const start = (position % outputShape[1]) * stride - left
  const sources = new Int32Array(size * size * channels).fill(-1)
  for (let ky = 0; ky < size; ky++) {
    for (let kx = 0; kx < size; kx++) {
      const [y, x] = [top + ky, start + kx]
      if (y < 0 || x < 0 || y >= height || x >= width) continue
      for (let c = 0; c < channels; c++) sources[(ky * size + kx) * channels + c] = (y * width + x) * channels + c
    }
  }
  return sources
}
