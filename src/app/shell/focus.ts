// Where the keyboard goes when what was pressed goes away.

import { tick } from 'svelte'

/**
 * Does what a button says that may take the button away. The focus waits in `place`, which stays and can be focused, and goes on
 * to the first button that is in it afterwards.
 */
export async function keepFocus(place: HTMLElement | undefined, work: () => unknown): Promise<void> {
  place?.focus({ preventScroll: true })
  await work()
  await tick()
  if (place && document.activeElement === place) place.querySelector('button')?.focus({ preventScroll: true })
}
