// Images of the test set as pictures for the pad.

import type { Sample } from '../../session/protocol'
import type { Picture } from '../drawing/drawing.svelte'
import { digitName } from '../../ui/format'

/** Images in the test set, numbered from 0. */
export const TEST_IMAGES = 10_000

/** `test image No. 1234, a 9`: without a comma, as it is typed. */
export const testImageName = (number: number, label: number): string => `test image No. ${number}, ${digitName(label)}`

/** An image of the test set for the pad. */
export const testPicture = (number: number, { pixels, label }: Sample): Picture => ({
  pixels,
  name: testImageName(number, label),
  number,
})
