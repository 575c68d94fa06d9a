// Keeps a panel up to date while the network trains, without taking much of the time that training needs.

/** Most of the time that an open panel may take from the thread that trains. */
const SHARE = 0.15

/**
 * Calls `ask` when a component is made and again whenever what `changed` reads has changed, one call at a time, at most once a frame,
 * and not in a hidden tab. `ask` resolves to the milliseconds that the worker was busy with it; so much more time passes before the
 * next call that all of them together take SHARE of it. To be called while a component is made; ends with it.
 */
export function keepAsking(changed: () => unknown, ask: () => Promise<number>): void {
  let wanted = false
  let busy = false
  let ended = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const next = async () => {
    if (!wanted || busy || ended) return
    wanted = false
    busy = true
    const start = performance.now()
    const took = await ask().catch(() => 0)
    busy = false
    if (ended) return
    const rest = took / SHARE - (performance.now() - start)
    // Frames stop in a hidden tab, and with them the asking.
    timer = setTimeout(() => requestAnimationFrame(resume), Math.max(0, rest))
  }

  const resume = () => {
    timer = undefined
    void next()
  }

  $effect(() => {
    changed()
    wanted = true
    if (!busy && timer === undefined) void next()
  })
  $effect(() => () => {
    ended = true
    clearTimeout(timer)
  })
}
