// Asks about the drawing again when the network changes.

import type { SessionEvent } from '../../session/protocol'
import type { RunView } from '../../session/run-view'
import type { Drawing } from './drawing.svelte'

/** Milliseconds between two predictions of an unchanged drawing while the network learns. */
const REFRESH = 120

/** Handles an event; `before`: the view before it. */
export function readAgain(drawing: Pick<Drawing, 'refresh'>): (event: SessionEvent, before: RunView) => void {
  let refreshed = 0
  return (event, before) => {
    const { type } = event
    const turned = type === 'progress' && event.progress.phase !== before.progress.phase
    if (type === 'device' || type === 'reset' || type === 'rewind') drawing.refresh()
    else if (turned || (type === 'progress' && performance.now() - refreshed > REFRESH)) {
      refreshed = performance.now()
      drawing.refresh()
    }
  }
}
