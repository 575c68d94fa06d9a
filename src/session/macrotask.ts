// Yields to waiting tasks: messages from the page (pause, predict), answers of the device.

const waiting: (() => void)[] = []
const { port1, port2 } = new MessageChannel()
port1.onmessage = () => waiting.shift()?.()

// A message arrives sooner than any timer, and hidden tabs do not slow it. Node would serve a thousand messages before its
// next timer, but has setImmediate; there the open port must not keep the process alive either.
const immediate = (globalThis as { setImmediate?: (work: () => void) => void }).setImmediate
if (immediate) port1.close()

/** Resolves in a task of its own. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate) return immediate(resolve)
    waiting.push(resolve)
    port2.postMessage(undefined)
  })
}

/** Milliseconds of work between two yields. */
const TURN = 30

/** Runs the calls in order, and yields between them when they are slow. False if `stopped` was true at such a moment: the rest is left. */
export async function runInTurns(calls: readonly (() => void)[], stopped: () => boolean): Promise<boolean> {
  let yielded = performance.now()
  for (const call of calls) {
    call()
    if (performance.now() - yielded < TURN) continue
    await macrotask()
    if (stopped()) return false
    yielded = performance.now()
  }
  return true
}
