// Translates each kind of Keras layer. A kind that is not in the table at the end is refused by name.

import * as v from 'valibot'
import type { Input } from '../../datasets/dataset'
import { shapeOf } from '../../model/examples'
import { learns, type LayerKind } from '../../model/layers'
import { countOf, type Shape } from '../../model/shape'
import type { Activation, LayerSpec } from '../../model/spec'
import { cut } from '../error'
import { inputForms, type Chain, type KerasLayer } from './chain'
import { count, list, number, text, yesOrNo } from './check'
import { activationOf, dataFormat, only, padding, settings, square } from './settings'
import { refuse, Stack, type ValuesOf } from './stack'
import type { Weights } from './weights'

type Translate = (layer: KerasLayer, stack: Stack, weights: Weights) => void

/** Translates all layers of a model. @throws FormatError that names the layer that Inkling does not support */
export function translate({ inputShape, layers }: Chain, weights: Weights, input: Input): Stack {
  const stack = new Stack(input, inputShape)
  for (const layer of layers) {
    const translateKind = kinds.get(layer.kind)
    if (!translateKind) refuse(layer, `Inkling does not have; it reads ${[...kinds.keys()].join(', ')}`)
    const from = stack.layers.length
    translateKind(layer, stack, weights)
    if (settings(layer, trainingSchema).trainable === false) stack.freeze(from)
  }
  if (!stack.layers.some(learns)) stack.thaw()
  stack.notes.push(...trainingNotes(layers))
  return stack
}

/** Settings that change no output of a layer; all but the first do not exist in Inkling. */
const trainingSchema = v.object({
  trainable: v.nullish(v.unknown(), true),
  kernel_regularizer: v.nullish(v.unknown()),
  bias_regularizer: v.nullish(v.unknown()),
  activity_regularizer: v.nullish(v.unknown()),
  kernel_constraint: v.nullish(v.unknown()),
  bias_constraint: v.nullish(v.unknown()),
})

function trainingNotes(layers: readonly KerasLayer[]): string[] {
  const all = layers.map((layer) => settings(layer, trainingSchema))
  const limited = all.some(({ trainable: _, ...rest }) =>
    Object.values(rest).some((value) => value !== null && value !== undefined),
  )
  return limited ? ['Regularizers and constraints of layers are left out.'] : []
}

/** Weights and bias of a dense layer or convolution. */
function valuesFrom(weights: Weights, { name }: KerasLayer, kernel: Shape, bias: boolean): ValuesOf {
  const outputs = kernel.slice(-1)
  return (parameter) => {
    if (parameter === 'weights') return weights.take(name, 'kernel', kernel)
    return bias ? weights.take(name, 'bias', outputs) : new Float32Array(countOf(outputs))
  }
}

/** Initial values for a fresh run of an imported network: Keras's own default. */
const initialiser = 'glorot'

const denseSchema = v.object({ units: count, activation: v.optional(v.unknown()), use_bias: v.nullish(yesOrNo, true) })

const dense: Translate = (layer, stack, weights) => {
  const { units, activation: name, use_bias } = settings(layer, denseSchema)
  const activation = activationOf(layer, name)
  if (stack.kerasShape.length !== 1) {
    refuse(
      layer,
      `gets ${stack.kerasShape.join(' × ')} and would treat each position by itself; put a Flatten layer before it`,
    )
  }
  if (stack.shape.length > 2) stack.flatten(layer) // dense layers read gray images directly
  const softmax = activation === 'softmax'
  const spec: LayerSpec = {
    type: 'dense',
    units,
    activation: softmax ? 'linear' : activation,
    initialiser,
    bias: use_bias ? 'yes' : 'no',
  }
  stack.add(layer, spec, valuesFrom(weights, layer, [countOf(stack.kerasShape), units], use_bias))
  stack.kerasShape = [units]
  stack.softmax = softmax
}

const conv2dSchema = v.object({
  filters: count,
  kernel_size: square,
  strides: v.nullish(square, 1),
  padding: v.nullish(padding, 'valid'),
  data_format: dataFormat,
  dilation_rate: v.nullish(
    v.pipe(
      square,
      v.check((size) => size === 1, '; Inkling knows no dilation'),
    ),
    1,
  ),
  groups: only(1),
  activation: v.optional(v.unknown()),
  use_bias: v.nullish(yesOrNo, true),
})

const conv2d: Translate = (layer, stack, weights) => {
  const {
    filters,
    kernel_size: kernel,
    strides: stride,
    padding,
    activation: name,
    use_bias,
  } = settings(layer, conv2dSchema)
  const activation = activationOf(layer, name)
  if (activation === 'softmax') refuse(layer, 'has a softmax; Inkling has that only at the end')
  const [, , channels] = imageOf(layer, stack)
  const spec: LayerSpec = {
    type: 'conv2d',
    filters,
    kernel,
    stride,
    padding,
    activation,
    initialiser,
    bias: use_bias ? 'yes' : 'no',
  }
  stack.add(layer, spec, valuesFrom(weights, layer, [kernel, kernel, channels, filters], use_bias))
  stack.kerasShape = stack.shape
}

/** Height, width and channels of the input of a layer that needs an image. */
function imageOf(layer: KerasLayer, { kerasShape }: Stack): Shape {
  if (kerasShape.length !== 3) refuse(layer, `needs height, width and channels, and gets ${kerasShape.join(' × ')}`)
  return kerasShape
}

const poolingSchema = v.object({
  pool_size: square,
  strides: v.nullish(square),
  padding: v.nullish(padding, 'valid'),
  data_format: dataFormat,
})

const pooling =
  (type: 'max-pooling' | 'average-pooling'): Translate =>
  (layer, stack) => {
    const { pool_size: size, strides, padding } = settings(layer, poolingSchema)
    const stride = strides ?? size
    const [height, width] = imageOf(layer, stack)
    const beyond = Math.max(...[height, width].map((side) => (Math.ceil(side / stride) - 1) * stride + size - side))
    if (padding === 'same' && beyond > 0) {
      refuse(layer, `has padding “same”, which adds ${beyond} to ${height} × ${width}; Inkling pools without padding`)
    }
    stack.add(layer, { type, size, stride })
    stack.kerasShape = stack.shape
  }

const flatten: Translate = (layer, stack) => {
  settings(layer, v.object({ data_format: dataFormat }))
  if (stack.kerasShape.length === 1) return
  stack.add(layer, { type: 'flatten' })
  stack.kerasShape = stack.shape
}

const reshapeSchema = v.object({
  target_shape: list(v.pipe(v.number('; it must be a whole number'), v.safeInteger('; it must be a whole number'))),
})

/** Changes nothing but how values are counted: in Inkling all shapes of an example are one, and any other vector is a Flatten. */
const reshape: Translate = (layer, stack) => {
  const { target_shape: wanted } = settings(layer, reshapeSchema)
  const all = countOf(stack.kerasShape)
  const known = wanted.reduce((product, n) => (n === -1 ? product : product * n), 1)
  const target = wanted.map((n) => (n === -1 ? all / known : n))
  const raw =
    stack.shape.join() === shapeOf(stack.input).join() &&
    inputForms(stack.input).some((form) => form.join() === target.join())
  if (!raw && target.join() !== stack.kerasShape.join()) {
    if (target.length !== 1 || target[0] !== all) {
      refuse(
        layer,
        `makes [${cut(target.join(', '))}] of ${stack.kerasShape.join(' × ')}; Inkling only makes vectors of images`,
      )
    }
    stack.add(layer, { type: 'flatten' })
  }
  stack.kerasShape = target
}

const dropout: Translate = (layer, stack) => {
  const { rate } = settings(
    layer,
    v.object({ rate: number, noise_shape: v.nullish(v.null('; Inkling drops each value by itself')) }),
  )
  stack.add(layer, { type: 'dropout', rate })
}

const batchNormalisationSchema = v.object({
  axis: v.nullish(v.union([count, v.literal(-1), v.tuple([count])], '; it must be one axis'), -1),
  momentum: v.nullish(number, 0.99),
  epsilon: v.nullish(number, 0.001),
  center: v.nullish(yesOrNo, true),
  scale: v.nullish(yesOrNo, true),
})

/** Keras's momentum is the weight of the old statistics, Inkling's that of the newest batch. */
const batchNormalisation: Translate = (layer, stack, weights) => {
  const { axis, momentum, epsilon, center, scale } = settings(layer, batchNormalisationSchema)
  const { kerasShape } = stack
  const [along] = Array.isArray(axis) ? axis : [axis]
  if (along !== -1 && along !== kerasShape.length)
    refuse(layer, `works along the axis ${along}; Inkling's work along the last one`)
  if (stack.shape.length === 2 && kerasShape.length > 1)
    refuse(layer, 'works on the pixels as they come in; Inkling has that only behind a layer')
  stack.flatten(layer)
  const channels = kerasShape.slice(-1)
  const take = (weight: string) => weights.take(layer.name, weight, channels)
  const constant = (value: number) => new Float32Array(channels[0]).fill(value)
  stack.add(
    layer,
    { type: 'batch-normalisation', momentum: newestOf(momentum, layer, stack), epsilon },
    (parameter) => {
      switch (parameter) {
        case 'scale':
          return scale ? take('gamma') : constant(1)
        case 'shift':
          return center ? take('beta') : constant(0)
        default:
          return take(`moving_${parameter}`)
      }
    },
  )
}

/** The least weight of the newest batch that Inkling takes. */
const LEAST = 0.001

function newestOf(momentum: number, layer: KerasLayer, { notes }: Stack): number {
  const weight = Number((1 - momentum).toPrecision(9)) // 1 - 0.99 is not quite 0.01
  if (weight >= LEAST || momentum > 1) return weight
  notes.push(`The running statistics of “${layer.name}” move by ${LEAST} a batch, not by ${weight}.`)
  return LEAST
}

/** An activation by itself. */
function activate(layer: KerasLayer, stack: Stack, activation: Activation | 'softmax') {
  if (activation === 'linear') return
  if (activation !== 'softmax') return stack.add(layer, { type: 'activation', activation })
  if (stack.softmax) refuse(layer, 'is a second softmax')
  if (stack.kerasShape.length !== 1)
    refuse(layer, 'is a softmax over the channels of an image; Inkling has a softmax only at the end')
  stack.softmax = true
}

const activation: Translate = (layer, stack) =>
  activate(layer, stack, activationOf(layer, settings(layer, v.object({ activation: text })).activation))

const reluSchema = v.object({
  max_value: v.nullish(v.null("; Inkling's has no limit")),
  negative_slope: only(0),
  threshold: only(0),
})

const relu: Translate = (layer, stack) => {
  settings(layer, reluSchema)
  activate(layer, stack, 'relu')
}

const softmax: Translate = (layer, stack) => {
  settings(layer, v.object({ axis: v.nullish(v.picklist([-1, 1], '; Inkling knows the last one only'), -1) }))
  activate(layer, stack, 'softmax')
}

/** Bytes as pixels from 0 to 1, which Inkling's images are already. */
const rescaling: Translate = (layer, stack) => {
  const { scale, offset } = settings(layer, v.object({ scale: number, offset: v.nullish(number, 0) }))
  if (stack.layers.length > 0 || stack.rescaled) refuse(layer, 'is not the first layer')
  if (stack.input.kind === 'features') refuse(layer, "scales features; Inkling's go in as they are")
  if (Math.abs(scale * 255 - 1) > 1e-6 || offset !== 0) {
    refuse(layer, `makes ${scale} x + ${offset} of pixels; Inkling's are bytes / 255`)
  }
  stack.rescaled = true
  stack.notes.push(`“${layer.name}” is left out: Inkling's pixels are bytes / 255 already.`)
}

/** Keras's layers by name, under the kind of Inkling's layer that they become. A kind that Keras lacks has an empty row. */
export const kerasLayers: Readonly<Record<LayerKind, Readonly<Record<string, Translate>>>> = {
  dense: { Dense: dense },
  conv2d: { Conv2D: conv2d },
  'max-pooling': { MaxPooling2D: pooling('max-pooling') },
  'average-pooling': { AveragePooling2D: pooling('average-pooling') },
  flatten: { Flatten: flatten, Reshape: reshape },
  dropout: { Dropout: dropout },
  'batch-normalisation': { BatchNormalization: batchNormalisation },
  activation: { Activation: activation, ReLU: relu, Softmax: softmax },
}

const kinds: ReadonlyMap<string, Translate> = new Map([
  ...Object.values(kerasLayers).flatMap((row) => Object.entries(row)),
  ['Rescaling', rescaling],
])
