// The settings a newcomer has: one of a few networks, and how far it departs from that in speed, time and data.

import { datasetOf } from '../../datasets'
import type { Augmentation } from '../../model/augmentation'
import { augmentationTypes } from '../../model/augmentation'
import { initialPart } from '../../model/fields'
import { presetsFor, type Preset } from '../../model/presets'
import type { Spec } from '../../model/spec'
import { changedFields, type SpecField } from './config'

/** A preset that is offered as a card. */
export type Card = Preset & Required<Pick<Preset, 'card'>>

/** The cards for a data set, in their order. */
export const cardsFor = ({ dataset }: Pick<Spec, 'dataset'>): readonly Card[] =>
  presetsFor(datasetOf({ dataset }))
    .filter((preset): preset is Card => preset.card !== undefined)
    .sort((a, b) => a.card.place - b.card.place)

/** Speeds to choose from, as factors of the preset's learning rate. */
export const learningSpeeds = { slow: 0.25, normal: 1, fast: 2 } as const
export type LearningSpeed = keyof typeof learningSpeeds
const speeds = Object.keys(learningSpeeds) as LearningSpeed[]

/** The learning rate of a preset at a speed, in short decimals. */
export const rateFor = ({ spec }: Preset, speed: LearningSpeed): number =>
  Number((spec.learningRate * learningSpeeds[speed]).toPrecision(6))

/** The speed that a learning rate is; undefined for another rate. */
export const speedOf = (preset: Preset, { learningRate }: Spec): LearningSpeed | undefined =>
  speeds.find((speed) => rateFor(preset, speed) === learningRate)

/** What makes each picture another one each time. */
type Variation = Pick<Spec, 'augmentation' | 'styleShare'>

const none: Augmentation = { type: 'none' }
const plainPictures: Variation = { augmentation: none, styleShare: 0 }

/** The preset's variation, or an ordinary one where it has none; none at all where `on` is false. */
export function variationFor({ spec }: Preset, on: boolean): Variation {
  if (!on) return plainPictures
  const { augmentation, styleShare } = spec
  if (augmentation.type !== 'none' || styleShare > 0) return { augmentation, styleShare }
  return { augmentation: initialPart(augmentationTypes, 'warp'), styleShare: 0 }
}

/** Whether pictures are varied in any way. */
export const varies = ({ augmentation, styleShare }: Variation): boolean =>
  augmentation.type !== 'none' || styleShare > 0

/** Fields that plain settings may set to anything. */
const free: readonly SpecField[] = ['epochs', 'seed', 'trainingSize']

/** The card that a spec is, with plain settings at most; undefined for settings of one's own. */
export function cardOf(spec: Spec): Card | undefined {
  return cardsFor(spec).find((card) => {
    const variation = variationFor(card, varies(spec))
    const nearest = { ...card.spec, ...variation, learningRate: spec.learningRate }
    return speedOf(card, spec) !== undefined && changedFields(nearest, spec).every((field) => free.includes(field))
  })
}

/** Training sets to choose from, none smaller than a batch: all that are not held out, and parts of them. */
export function trainingSizes(spec: Spec): readonly number[] {
  const all = datasetOf(spec).train - spec.validationSize
  const sizes = [all, 30_000, 10_000, 3_000, 1_000, 300, spec.trainingSize]
  return [...new Set(sizes)].filter((size) => size <= all && size >= spec.batchSize).sort((a, b) => b - a)
}
