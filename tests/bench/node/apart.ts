// Measures a part in a process of its own: a driver that crashes, hangs or takes all memory ends with it, and the others go on.

import { fork } from 'node:child_process'
import type { Assignment, Measured, PartResult } from './parts'

/** Starts a program of `part.ts`, and waits for its answer. Never rejects: what goes wrong is the result's error. */
export function apart(program: string, assignment: Assignment, signal: AbortSignal): Promise<PartResult> {
  const { name } = assignment.part
  const minutes = assignment.amount.limit
  const start = performance.now()
  return new Promise((resolve) => {
    let measured: Measured | undefined
    let why: string | undefined
    const child = fork(program, { stdio: ['ignore', 2, 'inherit', 'ipc'] })
    // At once, because the device would keep it alive, and drivers crash at leisurely ends.
    const end = () => void child.kill('SIGKILL')
    const giveUp = (reason: string) => {
      why = reason
      end()
    }
    const timer = setTimeout(() => giveUp(`It gave no result within ${minutes} minutes.`), minutes * 60_000)
    const interrupt = () => giveUp('Interrupted.')
    signal.addEventListener('abort', interrupt)
    child.on('message', (message) => {
      measured = message as Measured
      end()
    })
    child.on('error', (error) => (why ??= error.message))
    child.on('close', (code, killer) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupt)
      const seconds = Math.round(performance.now() - start) / 1000
      resolve({ name, seconds, ...(measured ?? { error: why ?? endOf(code, killer) }) })
    })
    child.send(assignment, (error) => {
      if (error) why ??= error.message
    })
  })
}

/** How a process ended that gave no result. */
function endOf(code: number | null, killer: NodeJS.Signals | null): string {
  if (killer === 'SIGINT') return 'Interrupted.'
  if (killer === 'SIGKILL') return 'Its process was killed, as Linux does when memory runs out.'
  if (killer !== null) return `Its process crashed (${killer}), perhaps in the graphics driver.`
  return `Its process ended without a result (exit code ${code}).`
}
