// Which part of an example decided its class, in a sentence: from the map of what each value says for that class.

import type { Dataset } from '../../datasets/dataset'
import { named, oneOf } from '../../ui/class-words'
import { sentence } from '../../ui/format'

/** Names of a part by its row and column of three. */
const places = [
  ['top left', 'top', 'top right'],
  ['left', 'middle', 'right'],
  ['bottom left', 'bottom', 'bottom right'],
] as const

/** A part speaks against the class if it takes away this share of what the best part adds. */
const AGAINST = 0.25
/** Two parts that add nearly the same are both named. */
const ALIKE = 0.85
/** Ink that is narrower, in pixels, is not split from side to side. */
const NARROW = 9

interface Part {
  readonly name: string
  /** Sum of the map over the part. */
  readonly sum: number
}

/**
 * The sentence for the answered class. `map`: gradient times input of its logit, one number for each value of
 * the example, zero on blank paper. Empty if the map says nothing or is not finite.
 */
export function inkWords(
  map: Float32Array,
  dataset: Pick<Dataset, 'abilities' | 'classes' | 'nouns' | 'input' | 'plane'>,
  label: number,
): string {
  const { input, abilities, plane } = dataset
  if (!map.every(Number.isFinite) || map.every((value) => value === 0)) return ''
  const name = named(dataset, label)
  if (input.kind === 'features') return sentenceOf(featuresOf(map, input.names), name, plane ? 'here ' : '')
  const parts = partsOf(onPixels(map, input.channels), input.width, abilities.draw)
  const said = sentenceOf(parts, name)
  return (
    said ||
    `No part of the ${abilities.draw ? 'ink' : 'picture'} speaks for ${oneOf(dataset, label)}: the others fit even less.`
  )
}

/** `The ink at the top right speaks most for 7; the ink at the bottom speaks against it.` Empty if no part speaks for it. `before`: the first word. */
function sentenceOf(parts: readonly Part[], name: string, before = ''): string {
  const [best, second] = parts.toSorted((a, b) => b.sum - a.sum)
  if (best.sum <= 0) return ''
  const both = second !== undefined && second.sum >= ALIKE * best.sum
  const most = both ? `${best.name} and ${second.name} speak` : `${best.name} speaks`
  const worst = parts.reduce((least, part) => (part.sum < least.sum ? part : least))
  const against = worst.sum < -AGAINST * best.sum ? `; ${worst.name} speaks against it` : ''
  return `${sentence(before + most)} most for ${name}${against}.`
}

/** Adds up the colours of each pixel. */
function onPixels(map: Float32Array, channels: number): Float32Array {
  const pixels = new Float32Array(map.length / channels)
  map.forEach((value, i) => (pixels[Math.floor(i / channels)] += value))
  return pixels
}

const featuresOf = (map: Float32Array, names: readonly string[]): Part[] =>
  names.map((name, i) => ({ name, sum: map[i] }))

/** The parts of an image: a grid of three by three over all that the map marks, coarser where that is narrow. */
function partsOf(map: Float32Array, width: number, drawn: boolean): Part[] {
  const marked = Array.from(map.keys()).filter((i) => map[i] !== 0)
  const columns = spanOf(marked.map((i) => i % width))
  const rows = spanOf(marked.map((i) => Math.floor(i / width)))
  const sums = new Map<string, number>()
  for (const i of marked) {
    const name = places[thirdOf(Math.floor(i / width), rows)][thirdOf(i % width, columns)]
    sums.set(name, (sums.get(name) ?? 0) + map[i])
  }
  const what = drawn ? 'the ink' : 'the part'
  return Array.from(sums, ([name, sum]) => ({ name: `${what} ${name === 'middle' ? 'in' : 'at'} the ${name}`, sum }))
}

interface Span {
  readonly start: number
  readonly length: number
}

function spanOf(positions: readonly number[]): Span {
  const start = Math.min(...positions)
  return { start, length: Math.max(...positions) - start + 1 }
}

/** 0, 1 or 2; the middle where there is too little to split. */
const thirdOf = (position: number, { start, length }: Span): 0 | 1 | 2 => {
  if (length < NARROW) return 1
  const third = Math.floor((3 * (position - start)) / length)
  return third === 0 ? 0 : third === 1 ? 1 : 2
}
