// The health of a network after its newest step: distributions of parameters and gradients, active units, first-layer weights.

import { holdsFloats, type Buffer } from '../../kernels/plan'
import type { Model } from '../../model/compile'
import { isFrozen } from '../../model/layers'
import { isTrained } from '../../model/layers/layer'
import { windowOf } from '../../model/neuron'
import type { ModelParameter } from '../../model/parameters'
import { asImage, asMatrix, rowSize } from '../../model/shape'
import { pad4 } from '../../kernels/kernel'
import { summarise } from '../../model/spec'
import { outputsOf } from '../../model/whole'
import type { Present } from '../present'
import { countLinear, countSizes, describe, rangeFor } from './histogram'
import {
  MOST_PICTURES,
  type Distribution,
  type FirstWeights,
  type Health,
  type HealthRequest,
  type LayerHealth,
} from '../protocol'

/** Most floats read of a layer's activations: of large ones, fewer images are read. */
const MOST_ACTIVATIONS = 1_000_000
/** Smaller activations of GELU count as zero: GELU is never exactly zero, and its slope there is as small. */
const GELU_ZERO = 1e-6
/** Weights this many deviations from zero have the full colour. */
const FULL_COLOUR = 3

/** See Inspections.health. @throws DeviceLostError */
export async function readHealth(
  { trainer }: Pick<Present, 'trainer'>,
  { ranges, firstUnit }: HealthRequest,
): Promise<Health> {
  const begun = performance.now()
  const { model, program } = trainer
  const { buffers } = model
  const watched = unitLayers(model)
  // All reads begin in one task, so that no step comes between them.
  const reads = Promise.all([
    program.read(buffers.parameters),
    program.read(buffers.gradients),
    program.read(buffers.state, 0, 1),
    ...watched.map(({ buffer, start, floats }) => program.read(buffer, start, floats)),
  ])
  const asked = performance.now()
  const [parameters, gradients, [step], ...activations] = await reads
  const back = performance.now()

  const layers: LayerHealth[] = []
  const newRanges: number[] = []
  const fresh = step === trainer.startedAt
  let squares = 0
  model.spec.layers.forEach((own, layer) => {
    const frozen = isFrozen(own)
    const tensors = tensorsOf(model, layer).filter(({ role }) => isTrained(role))
    const place = watched.findIndex((each) => each.layer === layer)
    if (tensors.length === 0 && place < 0) return
    const units = place < 0 || fresh ? undefined : activityOf(watched[place], activations[place])
    if (tensors.length === 0) {
      layers.push({ layer, frozen, parameters: undefined, gradients: undefined, units })
      newRanges.push(0)
      return
    }
    const described = describe(parameters, tensors)
    const range = rangeFor(Math.max(-described.lowest, described.highest), ranges.at(newRanges.length))
    const slopes = fresh || frozen ? undefined : describe(gradients, tensors)
    if (slopes) squares += slopes.odd > 0 ? NaN : slopes.norm ** 2
    layers.push({
      layer,
      frozen,
      parameters: { ...described, counts: countLinear(parameters, tensors, range) },
      gradients: slopes && { ...slopes, counts: countSizes(gradients, tensors) },
      units,
    })
    newRanges.push(range)
  })
  return {
    step,
    gradientNorm: fresh ? undefined : Math.sqrt(squares),
    layers,
    ranges: newRanges,
    first: firstWeights(model, parameters, layers, firstUnit),
    busy: asked - begun + (performance.now() - back),
  }
}

function tensorsOf({ parameters }: Model, layer: number): ModelParameter[] {
  return parameters.filter((parameter) => parameter.layer === layer)
}

/** A layer whose units can die, and how to read its activations. */
interface UnitLayer {
  readonly layer: number
  readonly buffer: Buffer<'f32'>
  readonly start: number
  readonly floats: number
  readonly images: number
  /** Positions of a unit in an image. */
  readonly positions: number
  readonly units: number
  /** An activation up to this value counts as zero. */
  readonly zero: number
}

function unitLayers({ spec, plan }: Model): UnitLayer[] {
  const { layers } = summarise(spec)
  return spec.layers.flatMap((each, layer) => {
    const kind = 'activation' in each ? each.activation : undefined
    if (kind !== 'relu' && kind !== 'gelu') return []
    const outputs = outputsOf(plan.lists.train, layer)
    if (!outputs || !holdsFloats(outputs.buffer)) return []
    const { buffer, start } = outputs
    const { outputShape } = layers[layer]
    const { positions, channels } = asMatrix(outputShape)
    const row = rowSize(outputShape)
    const images = Math.min(spec.batchSize, Math.max(1, Math.floor(MOST_ACTIVATIONS / row)))
    const zero = kind === 'gelu' ? GELU_ZERO : 0
    return [{ layer, buffer, start, floats: images * row, images, positions, units: channels, zero }]
  })
}

/** Which units are active for any image. NaN counts as active: it is no sign of a dead unit. */
function activityOf({ images, positions, units, zero }: UnitLayer, values: Float32Array): LayerHealth['units'] {
  const active = new Uint8Array(units)
  const stride = pad4(units)
  let left = units
  for (let row = 0; row < images * positions && left > 0; row++) {
    for (let unit = 0; unit < units; unit++) {
      if (active[unit] === 1 || Math.abs(values[row * stride + unit]) <= zero) continue
      active[unit] = 1
      left--
    }
  }
  return { active, images }
}

/** Pictures of the first layer's weights, if it reads the image itself or a one-channel image made of it. */
function firstWeights(
  model: Model,
  parameters: Float32Array,
  health: readonly LayerHealth[],
  firstUnit: number,
): FirstWeights | undefined {
  const { layers } = summarise(model.spec)
  const layer = layers.findIndex(({ parameterSpecs }) => parameterSpecs.some(({ role }) => role === 'weights'))
  const weights = tensorsOf(model, layer).find(({ role }) => role === 'weights')
  const { spec } = layers[layer]
  // A flattened image is still an image.
  const image = layers
    .slice(0, layer + 1)
    .map(({ inputShape }) => asImage(inputShape))
    .findLast((each) => each !== undefined)
  if (!weights || image?.channels !== 1) return undefined
  const window = windowOf(spec)
  const [height, width] = window === undefined ? [image.height, image.width] : [window, window]
  const { shape, offset } = weights
  const units = shape[shape.length - 1]
  // With an axis for the one channel, every tap is a matrix of one row, stored as four.
  const stride = pad4(units) * (shape.length > 2 ? 4 : 1)
  const pixels = height * width
  const from = Math.max(0, Math.min(firstUnit, units - 1))
  const shown = Math.min(MOST_PICTURES, units - from)
  const own = health.find((each) => each.layer === layer)?.parameters
  const scale = (own && FULL_COLOUR * sizeOf(own)) || 1
  const pictures = new Int8Array(shown * pixels)
  for (let i = 0; i < pictures.length; i++) {
    const value = parameters[offset + (i % pixels) * stride + from + Math.floor(i / pixels)]
    pictures[i] = Math.round(127 * Math.max(-1, Math.min(1, value / scale)))
  }
  return { layer, height, width, units, from, pictures, scale }
}

/** Root mean square. */
const sizeOf = ({ norm, count, odd }: Distribution): number => norm / Math.sqrt(Math.max(1, count - odd))
