// What a data set is, as far as models, the page and files must know it: plain data, no examples.

/** Most pixels along one side of an image. */
export const MOST_SIDE = 128
/** Most classes of a data set: labels are bytes, and 255 stands for no label. */
export const MOST_CLASSES = 100

/** Images of one size. */
export interface ImageInput {
  readonly kind: 'image'
  /** Pixels, 1 to MOST_SIDE. */
  readonly height: number
  readonly width: number
  /** 1: gray. 3: red, green, blue. */
  readonly channels: 1 | 3
}

/** Numbers that are no image, each with a name. */
export interface FeatureInput {
  readonly kind: 'features'
  readonly names: readonly string[]
}

export type Input = ImageInput | FeatureInput

/** Where a data set comes from. */
export interface Attribution {
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

/** What a network learns from. */
export interface Dataset {
  /** In specs, links and files, for example `mnist`. */
  readonly id: string
  /** For people, for example `Fashion-MNIST`. */
  readonly title: string
  /** One sentence on what it shows. */
  readonly note: string
  readonly input: Input
  /** Names of the classes, in the order of their labels: 2 to MOST_CLASSES. */
  readonly classes: readonly string[]
  /** Examples to train on, and to test with. */
  readonly train: number
  readonly test: number
  readonly abilities: Abilities
  readonly source: Attribution
}

/** What can be done with the examples of a data set, beyond learning from them. */
export interface Abilities {
  /** A person can draw examples on the pad. */
  readonly draw: boolean
  /** The program can make examples of its own: synthetic handwriting. */
  readonly synthetic: boolean
  /** Images may be turned, scaled, sheared, shifted and bent and still show their class. */
  readonly warp: boolean
}

/** Accuracy of guessing, from 0 to 1. */
export const chanceLevel = ({ classes }: Pick<Dataset, 'classes'>): number => 1 / classes.length
