// The sentence on which part of an example decided its class.

import { describe, expect, test } from 'vitest'
import { inkWords } from '../src/app/drawing/ink-words'
import { mnist } from '../src/datasets'
import { fashionMnist } from '../src/datasets/fashion-mnist'

/** A map of 28 by 28 with values at [row, column]. */
function mapWith(...values: readonly (readonly [row: number, column: number, value: number])[]): Float32Array {
  const map = new Float32Array(28 * 28)
  for (const [row, column, value] of values) map[row * 28 + column] = value
  return map
}

describe('where the ink decides', () => {
  test('the best part, and one that speaks against', () => {
    const map = mapWith([4, 5, 0.1], [4, 22, 2], [13, 14, 0.4], [23, 14, -1])
    expect(inkWords(map, mnist, 7)).toBe(
      'The ink at the top right speaks most for 7; the ink at the bottom speaks against it.',
    )
  })

  test('little against is not worth a word', () => {
    const map = mapWith([4, 5, 0.1], [4, 22, 2], [23, 14, -0.4])
    expect(inkWords(map, mnist, 7)).toBe('The ink at the top right speaks most for 7.')
  })

  test('two parts that say the same are both named', () => {
    const map = mapWith([4, 5, 1.9], [13, 14, 2], [23, 22, 0.1])
    expect(inkWords(map, mnist, 4)).toBe('The ink in the middle and the ink at the top left speak most for 4.')
  })

  test('parts are those of the ink, wherever it lies', () => {
    const map = mapWith([14, 14, 1], [18, 18, 0.1], [24, 24, 0.2])
    expect(inkWords(map, mnist, 0)).toBe('The ink at the top left speaks most for 0.')
  })

  test('a narrow stroke has no left and right', () => {
    const map = mapWith([4, 13, 0.1], [12, 14, 0.2], [23, 15, 3])
    expect(inkWords(map, mnist, 1)).toBe('The ink at the bottom speaks most for 1.')
  })

  test('a part counts as a whole', () => {
    const map = mapWith([4, 4, 3], [5, 5, -2.5], [22, 22, 1], [23, 23, 1])
    expect(inkWords(map, mnist, 2)).toBe('The ink at the bottom right speaks most for 2.')
  })

  test('ink that speaks for nothing, no ink, and numbers that are none', () => {
    expect(inkWords(mapWith([4, 5, -1], [22, 22, -2]), mnist, 8)).toBe(
      'No part of the ink speaks for an 8: the others fit even less.',
    )
    expect(inkWords(mapWith(), mnist, 8)).toBe('')
    expect(inkWords(mapWith([1, 1, NaN], [2, 2, 1]), mnist, 8)).toBe('')
  })
})

test('pictures have parts, features have names', () => {
  const map = mapWith([0, 0, 0.1], [14, 14, 1], [27, 27, -1])
  expect(inkWords(map, fashionMnist, 9)).toBe(
    'The part in the middle speaks most for an ankle boot; the part at the bottom right speaks against it.',
  )
  const flowers = {
    abilities: { ...fashionMnist.abilities, draw: false },
    classes: ['setosa', 'virginica'],
    input: { kind: 'features', names: ['sepal length', 'petal width'] } as const,
  }
  expect(inkWords(new Float32Array([-1, 2]), flowers, 1)).toBe(
    'Petal width speaks most for virginica; sepal length speaks against it.',
  )
})
