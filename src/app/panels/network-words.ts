// Names of layers and neurons, and their equations, in panels.

import { readsDigits, type Dataset } from '../../datasets/dataset'
import { layerName } from '../../model/layer-name'
import { typeOf, type LayerSpec } from '../../model/layers'
import type { Neuron } from '../../model/neuron'
import { asImage, countOf, type Shape } from '../../model/shape'
import { className, classNoun } from '../../ui/class-words'
import { formatCount, sentence } from '../../ui/format'
import type { TermName } from '../../ui/glossary'
import { termOf } from '../../ui/terms'
import { formatNumber } from './numbers'

type Inputs = Pick<Dataset, 'input'>

/** The network's input: `The picture`. */
export const inputsHeading = ({ input }: Inputs): string => (input.kind === 'image' ? 'The picture' : 'The features')

/** `Layer 2 (Dense 64)`, `The output layer (Dense 4)`. Below the first layer is the input. */
export function layerHeading(specs: readonly LayerSpec[], layer: number, dataset: Inputs): string {
  return layer < 0 ? inputsHeading(dataset) : sentence(layerName(specs, layer))
}

/** The term of a layer's kind. */
export const termOfLayer = (layer: LayerSpec): TermName | undefined => termOf(typeOf(layer).title)

/** An output by its class: `digit 3`, `Ankle boot`. */
export const outputName = (dataset: Pick<Dataset, 'classes' | 'abilities'>, label: number): string =>
  readsDigits(dataset) ? `${classNoun(dataset)} ${className(dataset, label)}` : className(dataset, label)

const colours = ['red', 'green', 'blue']

/** A value of the input: `row 5, column 7`; in a colour picture `green, row 5, column 7`; or the name of a feature. */
export function inputName({ input }: Inputs, unit: number): string {
  if (input.kind === 'features') return input.names[unit]
  const { height, width, channels } = input
  const place = unitName([height, width], Math.floor(unit / channels))
  return channels === 1 ? place : `${colours[unit % channels]}, ${place}`
}

/** `neuron 17`, `map 3, row 5, column 7`, `row 5, column 7`: counted from 1 as on the page. */
export function unitName(shape: Shape, unit: number): string {
  const image = asImage(shape)
  if (!image) return `neuron ${unit + 1}`
  const position = Math.floor(unit / image.channels)
  const place = `row ${Math.floor(position / image.width) + 1}, column ${(position % image.width) + 1}`
  return shape.length === 3 ? `map ${(unit % image.channels) + 1}, ${place}` : place
}

/** `192 neurons`, `8 maps of 16 × 16`. */
export function sizeName(shape: Shape): string {
  const image = asImage(shape)
  if (!image) return `${formatCount(countOf(shape))} neurons`
  return `${image.channels} ${image.channels === 1 ? 'map' : 'maps'} of ${image.height} × ${image.width}`
}

/** What a layer that only passes values on does outside training; empty for others. */
export function passingWords(layer: LayerSpec): string {
  const { neurons } = typeOf(layer)
  return 'passOn' in neurons ? neurons.passOn : ''
}

const functions: Readonly<Record<Neuron['activation'], string>> = {
  linear: '',
  relu: 'ReLU',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  gelu: 'GELU',
}

/** One of the sum's terms. */
interface Term {
  /** Number of the value that it reads. */
  readonly source: number
  readonly input: number
  readonly weight: number
  readonly term: number
}

/** The largest terms, largest first, and the rest of the sum. */
export interface Equation {
  readonly terms: readonly Term[]
  /** The other terms: how many, and their sum. */
  readonly others: number
  readonly rest: number
  /** `ReLU(0.9 × 0.4 + … − 0.1) = 0.26`. */
  readonly text: string
}

/** A neuron's equation with its `most` largest terms. */
export function equationOf({ sources, inputs, weights, bias, sum, value, activation }: Neuron, most: number): Equation {
  const order = Array.from(weights, (weight, i) => ({
    source: sources[i],
    input: inputs[i],
    weight,
    term: weight * inputs[i],
  })).filter(({ source }) => source >= 0)
  order.sort((a, b) => Math.abs(b.term) - Math.abs(a.term))
  const terms = order.slice(0, most)
  const others = order.length - terms.length
  const rest = sum - bias - terms.reduce((total, { term }) => total + term, 0)
  const parts = terms.slice(0, 3).map(({ input, weight }) => `${formatNumber(input)} × ${formatNumber(weight)}`)
  if (order.length > 3) parts.push('…')
  if (bias !== 0) parts.push(formatNumber(bias))
  const inside = parts.join(' + ').replaceAll('+ −', '− ')
  const name = functions[activation]
  const equals = ` = ${formatNumber(value)}`
  return {
    terms,
    others,
    rest,
    text: name ? `${name}(${inside}) = ${name}(${formatNumber(sum)})${equals}` : inside + equals,
  }
}

/** An equation in the parts that stay whole: it breaks before a sign, before an equals sign and after a comma. */
export const brokenUp = (equation: string): string[] => equation.split(/ (?=[+−=] )|(?<=,) /)

/** A neuron that passes on the largest value of its window: `max(0.1, 0, 0.4, 0) = 0.4`; of a large window, the largest eight values. */
export function maximumOf({ sources, inputs, value }: Neuron): string {
  const values = [...inputs].filter((_, i) => sources[i] >= 0)
  const many = values.length > 9
  const window = (many ? values.sort((a, b) => b - a).slice(0, 8) : values).map(formatNumber)
  const shown = many ? [...window, '…'] : window
  return `max(${shown.join(', ')}) = ${formatNumber(value)}`
}
