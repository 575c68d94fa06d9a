// Runs peers.py with whatever Python has the library.

import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import type { PythonContestant } from './contestants'
import type { Outcome, Task } from './page/task'
import { median } from './statistics'

/** Debian's packages (python3-numpy, python3-torch) are the first's; another Python may come first in PATH. */
const pythons = ['/usr/bin/python3', 'python3']

/** On one thread and on all cores; of both the better. @throws Error that says why there is nothing to tell */
export async function measurePython(
  { library }: PythonContestant,
  { workload, section, seconds, repeats }: Pick<Task, 'workload' | 'section' | 'seconds' | 'repeats'>,
  limit: number,
): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const threads of new Set([1, availableParallelism()])) {
    const values = { library, workload, section, threads, seconds, repeats }
    const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])
    outcomes.push(await run(['tests/bench/peers.py', ...args], threads, limit))
  }
  const [first, second = first] = outcomes
  const faster = median(first.values) > median(second.values) === (section !== 'latency')
  return faster ? first : second
}

async function run(args: readonly string[], threads: number, limit: number): Promise<Outcome> {
  // Threads that wait by spinning take the cores from each other.
  const env = {
    ...process.env,
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    OMP_WAIT_POLICY: 'PASSIVE',
  }
  let problem = 'not installed: python3'
  for (const python of pythons) {
    try {
      const { stdout } = await promisify(execFile)(python, args, { env, timeout: 1000 * limit })
      return JSON.parse(stdout) as Outcome
    } catch (error) {
      const { code, stderr, killed } = error as { code?: unknown; stderr?: string; killed?: boolean }
      if (killed) throw new Error(`It took more than ${limit} s.`, { cause: error })
      if (code === 'ENOENT') continue
      problem = stderr?.trim().split('\n').at(-1) ?? String(error)
      if (!problem.startsWith('not installed')) break
    }
  }
  throw new Error(problem)
}
