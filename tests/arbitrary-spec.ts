// Any valid spec, for fast-check: made from the tables of fields, so that new kinds and fields are in it by themselves.

import fc from 'fast-check'
import { mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { augmentationTypes } from '../src/model/augmentation'
import { initialPart, type Field, type Kind, type PartOf } from '../src/model/fields'
import { layerTypes, typeOf, type LayerSpec } from '../src/model/layers'
import { optimizerTypes } from '../src/model/optimizers'
import { scheduleTypes } from '../src/model/schedules'
import { isShape } from '../src/model/shape'
import { shapeOf } from '../src/model/examples'
import { inputScalings, losses, MAX_LAYERS, outputActivations, type Loss, type Spec } from '../src/model/spec'

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })

/** Any value of a field other than a flag. */
export function arbitraryValue(field: Exclude<Field, { kind: 'flag' }>): fc.Arbitrary<number | string> {
  if (field.kind === 'choice') return fc.constantFrom(...field.options.map(([value]) => value))
  return field.whole ? fc.integer({ min: field.low, max: field.high }) : real(field.low, field.high)
}

/** Any part of one of the kinds. */
export function arbitraryPart<K extends Readonly<Record<string, Kind>>>(kinds: K): fc.Arbitrary<PartOf<K>> {
  const parts = Object.entries(kinds).map(([type, { fields }]) => {
    const values = Object.entries(fields).map(([name, field]) => [
      name,
      // A no is written by leaving it out.
      field.kind === 'flag' ? fc.constantFrom(true, undefined) : arbitraryValue(field),
    ])
    return fc
      .record({ type: fc.constant(type), ...Object.fromEntries(values) })
      .map((part: object) => Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)))
  })
  // Made from the same table as the type.
  return fc.oneof(...parts) as fc.Arbitrary<unknown> as fc.Arbitrary<PartOf<K>>
}

/** The layers of a list that can stand on each other, then what a loss needs at the end. */
function stackOf(candidates: readonly LayerSpec[], loss: Loss, activation: number, dataset: Dataset): LayerSpec[] {
  const layers: LayerSpec[] = []
  let shape = shapeOf(dataset.input)
  const add = (layer: LayerSpec) => {
    const type = typeOf(layer)
    if (type.refuse?.(layer, shape)) return false
    const output = type.outputShape(layer, shape)
    if (!isShape(output)) return false
    layers.push(layer)
    shape = output
    return true
  }
  candidates.forEach(add)
  const allowed = outputActivations(loss)
  const output: LayerSpec = {
    ...(initialPart(layerTypes, 'dense') as Extract<LayerSpec, { type: 'dense' }>),
    units: dataset.classes.length,
    activation: allowed[activation % allowed.length],
  }
  if (!add(output)) [initialPart(layerTypes, 'flatten'), output].forEach(add)
  return layers
}

/** Layers that make a network for a data set under a loss. */
export const arbitraryLayers = (loss: Loss, dataset: Dataset = mnist): fc.Arbitrary<LayerSpec[]> =>
  fc
    .tuple(fc.array(arbitraryPart(layerTypes), { maxLength: MAX_LAYERS - 2 }), fc.nat(1))
    .map(([candidates, activation]) => stackOf(candidates, loss, activation, dataset))

/** Any valid spec of a data set. Many are far too large to train. */
export const arbitrarySpecOf = (dataset: Dataset): fc.Arbitrary<Spec> =>
  fc.tuple(fc.constantFrom(...losses), fc.integer({ min: 2, max: dataset.train })).chain(([loss, trainingSize]) =>
    fc.record({
      dataset: fc.constant(dataset.id),
      input: fc.constantFrom(...inputScalings),
      trainingSize: fc.constant(trainingSize),
      validationSize: fc.integer({ min: 0, max: dataset.train - trainingSize }),
      augmentation: dataset.abilities.warp ? arbitraryPart(augmentationTypes) : fc.constant({ type: 'none' as const }),
      styleShare: dataset.abilities.synthetic ? real(0, 1) : fc.constant(0),
      layers: arbitraryLayers(loss, dataset),
      loss: fc.constant(loss),
      labelSmoothing: loss === 'cross-entropy' ? real(0, 0.9) : fc.constant(0),
      optimizer: arbitraryPart(optimizerTypes),
      learningRate: real(0, 1000),
      schedule: arbitraryPart(scheduleTypes),
      clipNorm: real(0, 1000),
      batchSize: fc.integer({ min: 2, max: trainingSize }), // 1 would not do with batch normalisation
      epochs: fc.integer({ min: 1, max: 10_000 }),
      seed: fc.integer({ min: 0, max: 0xffff_ffff }),
      evaluateEvery: fc.integer({ min: 0, max: 1_000_000 }),
    }),
  )

/** Any valid spec of MNIST. */
export const arbitrarySpec: fc.Arbitrary<Spec> = arbitrarySpecOf(mnist)
