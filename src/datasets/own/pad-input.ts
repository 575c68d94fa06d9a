// What the pad draws.

import type { Input } from '../dataset'
import { mnist } from '../mnist'

/** Whether images are of the size and channels that the pad draws: MNIST's. */
export function isPadInput(input: Input): boolean {
  const pad = mnist.input
  if (input.kind !== 'image' || pad.kind !== 'image') return false
  return input.height === pad.height && input.width === pad.width && input.channels === pad.channels
}
