// Keeps a panel up to date while the network trains, without taking much of the time that training needs.

import { newestWins } from '../../ui/newest'

/** Most of the time that open panels together may take from the thread that trains. */
const SHARE = 0.1
/** Milliseconds to wait after a question that had no answer: there is no network, or something is wrong, which has been told. */
const NO_ANSWER_MS = 1000

/** Panels that ask. */
let asking = 0

/**
 * Calls `ask` when a component is made and again whenever what `changed` reads has changed, one call at a time, at most once a frame,
 * and not in a hidden tab. `ask` resolves to the milliseconds that the worker was busy with it, and so much more time passes before the
 * next call that those of all panels together take SHARE of it; undefined where there was no answer. To be called while a component is made; ends with it.
 */
export function keepAsking(changed: () => unknown, ask: () => Promise<number | undefined>): void {
  let ended = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const next = newestWins(async () => {
    if (ended) return
    const start = performance.now()
    const took = await ask().catch(() => undefined)
    if (ended) return
    const rest = took === undefined ? NO_ANSWER_MS : (took * asking) / SHARE - (performance.now() - start)
    // Frames stop in a hidden tab, and with them the asking.
    await new Promise((resolve) => {
      timer = setTimeout(() => requestAnimationFrame(resolve), Math.max(0, rest))
    })
  })

  $effect(() => {
    changed()
    void next()
  })
  $effect(() => {
    asking++
    return () => {
      asking--
      ended = true
      clearTimeout(timer)
    }
  })
}
