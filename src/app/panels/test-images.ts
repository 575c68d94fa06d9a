// Images of the test set as pictures for the pad.

import { digitName } from '../format'

/** Images in the test set, numbered from 0. */
export const TEST_IMAGES = 10_000

/** `test image 7, a 9`. */
export const testImageName = (number: number, label: number): string =>
  `test image ${number.toLocaleString('en')}, ${digitName(label)}`
