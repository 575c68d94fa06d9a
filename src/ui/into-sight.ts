// Brings what a click opened or changed into sight.

import { prefersReducedMotion } from 'svelte/motion'

/** Scrolls panes and page until an element is in sight, no further than it takes; at once for those who want little motion. */
export function intoSight(element: Element): void {
  element.scrollIntoView({ block: 'nearest', behavior: prefersReducedMotion.current ? 'instant' : 'smooth' })
}

/** An attachment for what a fold loads when it is opened: brings the fold into sight with it. */
export const foldIntoSight = (content: Element): void => intoSight(content.closest('details') ?? content)
