// Names of the columns of a network's picture, from long to short, and which of them a column has room for.

import { typeOf, type LayerKind, type LayerSpec } from '../../../model/layers'
import type { Shape } from '../../../model/shape'
import { inputSize } from '../../../ui/class-words'
import type { Dataset } from '../../../datasets/dataset'
import { inputsHeading, sizeName } from '../network-words'

/** The two lines above a column: each from long to short. */
export interface Heading {
  readonly titles: readonly string[]
  readonly sizes: readonly string[]
}

/** Weights of the two lines. */
export const [TITLE, SIZE] = [600, 400] as const
type Weight = typeof TITLE | typeof SIZE

const shortTitles: Partial<Record<LayerKind, readonly string[]>> = {
  conv2d: ['Conv.', 'Conv'],
  'max-pooling': ['Max pool', 'Pool'],
  'average-pooling': ['Avg. pool', 'Pool'],
  'batch-normalisation': ['Norm'],
  activation: ['Act.'],
}

/** The heading of a layer's column. */
export function headingOf(layer: LayerSpec, shape: Shape, isOutput: boolean): Heading {
  const words = sizeName(shape)
    .replace(/ of .*/, '')
    .replace('neurons', isOutput ? 'outputs' : 'neurons')
  const titles = isOutput ? ['The answer', 'Answer', 'Out'] : [typeOf(layer).title, ...(shortTitles[layer.type] ?? [])]
  return { titles, sizes: [words, words.replace(/ .*/, '')] }
}

/** The heading of the example's column. */
export function exampleHeading(dataset: Pick<Dataset, 'input'>): Heading {
  const size = inputSize(dataset.input)
  return { titles: [inputsHeading(dataset), 'Input'], sizes: [size, size.replace(/ (pixels|feature).*/, '')] }
}

let paper: OffscreenCanvasRenderingContext2D | null | undefined
/** Width of a letter, about, where there is no page to measure it on. */
const LETTER = 9

/** Width of a heading's words in CSS pixels. */
export function widthOf(words: string, weight: Weight): number {
  if (typeof document === 'undefined') return LETTER * words.length
  paper ??= new OffscreenCanvas(1, 1).getContext('2d')
  if (!paper) return LETTER * words.length
  paper.font = `${weight} 14px ${getComputedStyle(document.body).fontFamily}`
  return Math.ceil(paper.measureText(words).width)
}

/** Of some words, from long to short, the first that a width in CSS pixels has room for; else the last. */
export const fitting = (room: number, weight: Weight, words: readonly string[]): string | undefined =>
  words.find((each) => widthOf(each, weight) <= room) ?? words.at(-1)

/** Least width of a column's heading in CSS pixels: of its shortest words. */
export const leastWidth = ({ titles, sizes }: Heading): number =>
  Math.max(widthOf(titles.at(-1) ?? '', TITLE), widthOf(sizes.at(-1) ?? '', SIZE))
