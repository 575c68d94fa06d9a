// What classes and examples of a data set are called.

import { readsDigits, type Dataset, type Input } from '../datasets/dataset'

type Classes = Pick<Dataset, 'classes' | 'nouns'>
type Kind = Pick<Dataset, 'abilities' | 'own'>

/** Names of classes that are numbers read as such: `a 7`, `the 7s`. */
const isNumber = (name: string) => /^\d+$/.test(name)

/** `7`, `Ankle boot`; a question mark for what is of no class. */
export const className = ({ classes }: Classes, label: number): string => classes[label] ?? '?'

/** In a sentence: `a 7`, `an 8`, `an ankle boot`. */
export function oneOf(dataset: Classes, label: number): string {
  const name = className(dataset, label)
  if (!isNumber(name)) return dataset.nouns?.[label]?.[0] ?? name
  return `${/^(8|11$|18$)/.test(name) ? 'an' : 'a'} ${name}`
}

/** In a sentence, where a number needs no article: `7`, `an ankle boot`. */
export const named = ({ classes, nouns }: Classes, label: number): string =>
  nouns?.[label]?.[0] ?? className({ classes }, label)

/** In a sentence: `the 7s`, `the ankle boots`. */
export function allOf(dataset: Classes, label: number): string {
  const name = className(dataset, label)
  const all = isNumber(name) ? `${name}s` : dataset.nouns?.[label]?.[1]
  return all === undefined ? name : `the ${all}`
}

/** What classes are. */
export const classNoun = (dataset: Kind): string => (readsDigits(dataset) ? 'digit' : 'class')
export const classesNoun = (dataset: Kind): string => (readsDigits(dataset) ? 'digits' : 'classes')

/** What an example is. */
export const exampleNoun = ({ input, plane }: Pick<Dataset, 'input' | 'plane'>): string =>
  plane ? 'point' : input.kind === 'image' ? 'image' : 'example'

/** What the data set consists of, in the singular: `digit`, `image`, `example`. */
export const itemNoun = (dataset: Kind & Pick<Dataset, 'input'>): string =>
  readsDigits(dataset) ? classNoun(dataset) : exampleNoun(dataset)

/** How large an example is: `16 × 16 pixels`, `5 features`. */
export function inputSize(input: Input): string {
  if (input.kind === 'features') return `${input.names.length} ${input.names.length === 1 ? 'feature' : 'features'}`
  return `${input.height} × ${input.width} pixels${input.channels === 1 ? '' : ' in red, green and blue'}`
}

/** The data set with what it is made of: `MNIST`, `Spiral (600 points, noise 10%, x, y, sin x)`. */
export function datasetWords({ title, plane, input }: Pick<Dataset, 'title' | 'plane' | 'input'>): string {
  if (!plane || input.kind !== 'features') return title
  const noise = plane.noise > 0 ? [`noise ${plane.noise}%`] : []
  return `${title} (${[`${plane.points} points`, ...noise, ...input.names].join(', ')})`
}

/** Letters of the longest name. */
export const longestName = ({ classes }: Classes): number => Math.max(...classes.map(({ length }) => length))
