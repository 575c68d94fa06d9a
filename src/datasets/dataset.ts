// The descriptor of a data set for models, the page and files: plain data, without examples.

import type { Plane } from './plane/plane'

/** Most pixels along one side of an image. */
export const MOST_SIDE = 128

/** Images of one size. */
export interface ImageInput {
  readonly kind: 'image'
  /** Pixels, 1 to MOST_SIDE. */
  readonly height: number
  readonly width: number
  /** 1: gray. 3: red, green, blue. */
  readonly channels: 1 | 3
}

/** Numbers that form no image, each with a name. */
interface FeatureInput {
  readonly kind: 'features'
  readonly names: readonly string[]
}

export type Input = ImageInput | FeatureInput

/** Origin of a data set. */
interface Attribution {
  /** What it is, at the beginning of a sentence. */
  readonly work: string
  /** Authors, in the middle of a sentence. */
  readonly by: string
  /** Where its files come from. */
  readonly home: string
  /** Short name of the licence, and where it is. */
  readonly licence: string
  readonly url: string
}

/** What is particular to a data set that a person made or brought. */
interface Own {
  /** When it was made, in milliseconds since 1970. */
  readonly made: number
  /** Bytes of its examples and labels. */
  readonly bytes: number
}

/** A data set as everything but the loader knows it. */
export interface Dataset {
  /** Id in specs, links and files, for example `mnist`. */
  readonly id: string
  /** Name for people, for example `Fashion-MNIST`. */
  readonly title: string
  /** One sentence on what it shows. */
  readonly note: string
  readonly input: Input
  /** Names of the classes, in the order of their labels: 2 to 100. */
  readonly classes: readonly string[]
  /** The same in a sentence: one of a class, and all of it. Without them a sentence has the names. */
  readonly nouns?: readonly ClassNoun[]
  /** Examples to train on, and to test with. */
  readonly train: number
  readonly test: number
  readonly abilities: Abilities
  /** What it is made of, if its examples are points in the plane. */
  readonly plane?: Plane
  /** Facts about it, if a person made or brought it. */
  readonly own?: Own
  readonly source: Attribution
}

/** A class in a sentence: `an ankle boot` and `ankle boots`. */
export type ClassNoun = readonly [one: string, all: string]

/** What else can be done with the examples of a data set. */
interface Abilities {
  /** A person can draw examples on the pad. */
  readonly draw: boolean
  /** The program can make synthetic examples. */
  readonly synthetic: boolean
  /** Images keep their class when they are turned, scaled, sheared, shifted and bent. */
  readonly warp: boolean
}

/** Whether its classes are digits that a person can draw: what the program knows of digits holds of them. */
export const readsDigits = ({ abilities, own }: Pick<Dataset, 'abilities' | 'own'>): boolean => abilities.draw && !own

/** Accuracy of guessing, from 0 to 1. */
export const chanceLevel = ({ classes }: Pick<Dataset, 'classes'>): number => 1 / classes.length
