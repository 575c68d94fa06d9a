// Backends that tests meddle with.

import type { Backend, Program } from '../src/backends/types'

/** A backend whose programs do some things in another way: `change` gives what takes the place of a program's own. */
export function withPrograms(inner: Backend, change: (program: Program) => Partial<Program>): Backend {
  return {
    ...inner,
    async prepare(plan) {
      const program = await inner.prepare(plan)
      return { ...program, ...change(program) }
    },
  }
}
