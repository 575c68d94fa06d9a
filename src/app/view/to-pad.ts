// The way to the drawing pad.

import { tick } from 'svelte'
import type { View } from './view.svelte'

/** Shows the pad and puts the keyboard on it. */
export async function toPad(view: View): Promise<void> {
  const turn = view.phone && view.tab !== 'draw'
  if (turn) view.show('draw')
  await tick()
  // The page scrolls to a tab by itself.
  document.querySelector<HTMLElement>('[aria-label="Drawing pad"]')?.focus({ preventScroll: turn })
}
