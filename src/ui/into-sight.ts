// Brings what a click opened or changed into sight.

import { prefersReducedMotion } from 'svelte/motion'

const behavior = () => (prefersReducedMotion.current ? 'instant' : 'smooth')

/**
 * Scrolls panes and page until an element is in sight, no further than it takes, or its beginning if it is higher than its place; at once
 * for those who want little motion.
 */
export function intoSight(element: Element): void {
  const { scrollMarginTop, scrollMarginBottom } = getComputedStyle(element)
  const pane = paneOf(element)
  const place = pane.clientHeight - (parseFloat(scrollMarginTop) || 0) - (parseFloat(scrollMarginBottom) || 0)
  const block = element.getBoundingClientRect().height > place ? 'start' : 'nearest'
  element.scrollIntoView({ block, behavior: behavior() })
}

/**
 * The same in the pane that both are in, or on the page, as far as the lower half of `above` stays in sight; all of it, and the element
 * below it, where it sticks to the upper edge.
 */
export function intoSightBelow(element: Element, above: Element): void {
  const pane = paneOf(element)
  const { top, bottom } = pane === document.documentElement ? windowBox() : pane.getBoundingClientRect()
  const own = element.getBoundingClientRect()
  const { top: upper, bottom: lower, height } = above.getBoundingClientRect()
  const { position, top: offset } = getComputedStyle(above)
  const rest = top + (parseFloat(offset) || 0)
  const [wanted, allowed] =
    position === 'sticky'
      ? [Math.max(own.bottom - bottom, lower - own.top), Math.max(upper - rest, own.top - height - rest - APART)]
      : [own.bottom - bottom, upper + height / 2 - top]
  pane.scrollBy({ top: Math.max(0, Math.min(wanted, allowed)), behavior: behavior() })
}

/** Pixels between what sticks and what is brought below it. */
const APART = 8

const windowBox = () => ({ top: 0, bottom: innerHeight })

function paneOf(element: Element): Element {
  let pane = element.parentElement
  while (pane && !/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement
  return pane ?? document.documentElement
}

/** An attachment for what a fold loads when it is opened: brings the fold into sight with it. */
export const foldIntoSight = (content: Element): void => intoSight(content.closest('details') ?? content)
