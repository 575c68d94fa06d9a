// Updates a panel while the network trains, without taking much of the training's time.

import { newestWins } from './newest'

/** Largest share that open panels together take of the thread that trains, unless one asks for more. */
const SHARE = 0.1
/** Milliseconds to wait after a question without an answer: there is no network, or an error that was reported. */
const NO_ANSWER_MS = 1000

/** Panels that ask. */
let asking = 0

/**
 * Calls `ask` when a component is created and whenever the values that `changed` reads have changed: one call at a time, at most once a
 * frame, and not in a hidden tab. `ask` resolves to the milliseconds that it kept the worker busy, or undefined without an answer. While a
 * network trains, as `trains` tells, the next call waits so long that all panels together take `share` of the time. Call this while a
 * component is created; it ends with the component.
 */
export function keepAsking(
  changed: () => unknown,
  ask: () => Promise<number | undefined>,
  { share = SHARE, trains = () => true }: { share?: number; trains?: () => boolean } = {},
): void {
  let ended = false
  let wake = () => {}
  let timer: ReturnType<typeof setTimeout> | undefined

  const next = newestWins(async () => {
    if (ended) return
    const start = performance.now()
    // Frames stop in a hidden tab, and with them the asking.
    const frame = new Promise(requestAnimationFrame)
    const took = await ask().catch(() => undefined)
    if (ended) return
    const rest = took === undefined ? NO_ANSWER_MS : (took * asking) / share - (performance.now() - start)
    await new Promise<void>((resolve) => {
      wake = resolve
      timer = setTimeout(resolve, took !== undefined && !trains() ? 0 : Math.max(0, rest))
    })
    await frame
  })

  $effect(() => {
    changed()
    void next()
  })
  $effect(() => {
    if (!trains()) wake()
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
