// The descriptors of data sets in the plane.

import type { Dataset } from '../dataset'
import { planeClasses, planeId, planeInputs, planeOf, testPoints, usualPlane } from './plane'
import { shapeNames, shapes } from './shapes'

/** Names of the classes: the colours in which the page shows them. */
export const COLOURS = ['orange', 'blue', 'green', 'purple', 'yellow'] as const

const drawnWords = { title: 'Your points', note: 'Points that you put where you like, in up to five colours.' }

const made = new Map<string, Dataset>()

/** The data set of an id, the same object each time. Undefined if it is the id of none. */
export function planeDataset(id: string): Dataset | undefined {
  const known = made.get(id)
  if (known) return known
  const plane = planeOf(id)
  if (!plane) return undefined
  const { title, note } = plane.shape === 'drawn' ? drawnWords : shapes[plane.shape]
  const colours = COLOURS.slice(0, planeClasses(plane))
  const test = testPoints(plane)
  const dataset: Dataset = {
    id,
    title,
    note,
    input: { kind: 'features', names: plane.inputs.map((input) => planeInputs[input].title) },
    classes: colours,
    nouns: colours.map((colour) => [`${/^[aeiou]/.test(colour) ? 'an' : 'a'} ${colour} point`, `${colour} points`]),
    train: plane.points - test,
    test,
    abilities: { draw: false, synthetic: false, warp: false },
    plane,
    source: {
      work: 'Points in the plane',
      by: 'Inkling, after TensorFlow Playground',
      home: 'https://playground.tensorflow.org',
      licence: 'the MIT licence',
      url: 'https://opensource.org/license/mit',
    },
  }
  made.set(id, dataset)
  return dataset
}

/** The usual data set of every shape. */
export const planeDatasets = (): readonly Dataset[] =>
  [...shapeNames, 'drawn' as const].flatMap((shape) => planeDataset(planeId(usualPlane(shape))) ?? [])
