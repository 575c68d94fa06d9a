// The window of a neuron map by map: what it reads there, its kernel, and their products.

import type { Neuron } from '../../../model/neuron'

/** A map of the window; numbers in row-major order. */
interface WindowMap {
  readonly map: number
  /** Numbers of the values; -1 beyond the border. */
  readonly sources: readonly number[]
  readonly inputs: readonly number[]
  readonly weights: readonly number[]
  readonly products: readonly number[]
  /** Of the products. */
  readonly sum: number
}

/** The maps that a neuron's window lies on: the one that adds most first. */
export function windowMaps({
  shape,
  sources,
  inputs,
  weights,
}: Pick<Neuron, 'shape' | 'sources' | 'inputs' | 'weights'>) {
  const maps = shape[2] ?? 1
  return Array.from({ length: maps }, (_, map): WindowMap => {
    const own = <T>(values: ArrayLike<T>) => Array.from(values).filter((_, i) => i % maps === map)
    const [read, kernel] = [own(inputs), own(weights)]
    const products = read.map((value, i) => value * kernel[i])
    return {
      map,
      sources: own(sources),
      inputs: read,
      weights: kernel,
      products,
      sum: products.reduce((total, product) => total + product, 0),
    }
  }).sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum))
}
