// Brings what a click opened or changed into sight.

import { prefersReducedMotion } from 'svelte/motion'

const behavior = () => (prefersReducedMotion.current ? 'instant' : 'smooth')

/** Scrolls panes and page until an element is in sight, no further than it takes; at once for those who want little motion. */
export function intoSight(element: Element): void {
  element.scrollIntoView({ block: 'nearest', behavior: behavior() })
}

/** The same in the pane that both are in, or on the page, as far as the lower half of `above` stays in sight. */
export function intoSightBelow(element: Element, above: Element): void {
  const pane = paneOf(element)
  const { top, bottom } = pane === document.documentElement ? windowBox() : pane.getBoundingClientRect()
  const half = above.getBoundingClientRect()
  const wanted = element.getBoundingClientRect().bottom - bottom
  const allowed = half.top + half.height / 2 - top
  pane.scrollBy({ top: Math.max(0, Math.min(wanted, allowed)), behavior: behavior() })
}

const windowBox = () => ({ top: 0, bottom: innerHeight })

function paneOf(element: Element): Element {
  let pane = element.parentElement
  while (pane && !/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement
  return pane ?? document.documentElement
}

/** An attachment for what a fold loads when it is opened: brings the fold into sight with it. */
export const foldIntoSight = (content: Element): void => intoSight(content.closest('details') ?? content)
