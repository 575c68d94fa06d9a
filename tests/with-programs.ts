// Backends that tests meddle with.

import type { Backend, Program } from '../src/backends/types'
import type { Plan } from '../src/kernels/plan'

/** A backend whose programs do some things in another way: `change` gives what takes the place of a program's own. */
export function withPrograms(
  inner: Backend,
  change: <L extends string>(program: Program<L>) => Partial<Program<L>>,
): Backend {
  return {
    ...inner,
    async prepare<L extends string>(plan: Plan<L>): Promise<Program<L>> {
      const program = await inner.prepare(plan)
      return { ...program, ...change(program) }
    },
  }
}
