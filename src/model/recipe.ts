// What a preset is before its data set is known.

import type { Dataset } from '../datasets/dataset'
import type { Spec } from './spec'

/** Stands for the data sets of one's own in `only`. */
export const OWN = 'own'

/** Fields that a recipe may leave out. */
type Common = keyof typeof usual | 'trainingSize'

/** A preset before its data set is known. */
export interface Recipe {
  /** Used in links: `?preset=name`. */
  readonly name: string
  /** Title on the page, for a newcomer. */
  readonly title: string
  /** The same where there is little room. */
  readonly short: string
  /**
   * Shape, output and optimizer in a few words of the field. SHAPE in it stands for the sizes of a dense network: inputs and units a
   * layer, joined by hyphens.
   */
  readonly detail: string
  /** Source, in one line. */
  readonly note: string
  /** Replaces `note` for MNIST. */
  readonly noteOnMnist?: string
  /** Id of the only data set that it is for, or PLANE or OWN for a whole kind; by default any that is of neither kind. */
  readonly only?: string
  /** It reads images alone. */
  readonly imagesOnly?: true
  /**
   * Test accuracy in per cent that its source published, or our goal, and a few words on it. Holds for the only data set that the
   * recipe is for, else for MNIST.
   */
  readonly published?: { readonly accuracy: number; readonly text: string }
  /** Test accuracy in per cent that it reached here, by id of the data set: see tests/bench/README.md. */
  readonly reached?: Readonly<Record<string, number>>
  /** Among the few that a newcomer chooses from: its place there, and one line on it. */
  readonly card?: { readonly place: number; readonly text: string }
  /** The spec, without the fields that have their usual value. Warps and synthetic examples suit handwriting alone, and sets that it is made for. */
  readonly spec: (classes: number, dataset: Dataset) => Omit<Spec, 'dataset' | Common> & Partial<Pick<Spec, Common>>
}

/** Usual values of fields. */
export const usual = {
  input: 'unit',
  validationSize: 0,
  augmentation: { type: 'none' },
  styleShare: 0,
  loss: 'cross-entropy',
  labelSmoothing: 0,
  schedule: { type: 'constant' },
  clipNorm: 0,
  seed: 1,
  evaluateEvery: 0,
} as const satisfies Partial<Spec>
