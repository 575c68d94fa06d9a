// What a network takes over from another one, and what of it is new, in words.

import type { LayerKind } from '../../model/layers'
import { summarise, type Spec } from '../../model/spec'
import { formatCount, formatList, sentence } from '../../ui/format'

/** One layer of a kind that has parameters, and several. */
const nouns: Partial<Record<LayerKind, readonly [one: string, many: string]>> = {
  conv2d: ['convolution', 'convolutions'],
  dense: ['dense layer', 'dense layers'],
  'batch-normalisation': ['batch norm', 'batch norms'],
}

/** `Kept: 2 convolutions. New: the output layer.` `kept`: layers that are, from the first on. */
export function keptWords(spec: Pick<Spec, 'dataset' | 'layers'>, kept: number): string {
  const { layers } = summarise(spec)
  const told = (from: number, to: number) => {
    const output = to === layers.length ? ['the output layer'] : []
    const types = layers
      .slice(from, Math.min(to, layers.length - 1))
      .flatMap(({ spec: { type }, parameterSpecs }) => (parameterSpecs.length > 0 ? [type] : []))
    const parts = [...new Set(types)].map((type) => {
      const { length } = types.filter((each) => each === type)
      const [one, many] = nouns[type] ?? ['layer', 'layers']
      return `${formatCount(length)} ${length === 1 ? one : many}`
    })
    return formatList([...parts, ...output])
  }
  return `Kept: ${told(0, kept)}. New: ${kept === layers.length ? 'nothing' : told(kept, layers.length)}.`
}

/** What is kept of a network and what is new, and from which network: for when it is done. */
export const tellKept = (from: string, words: string): string => `${sentence(from)} gave its first layers. ${words}`
