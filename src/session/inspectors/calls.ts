// What the device does in a step: the calls of the run's plan, the source of their kernels, and the time of each.

import { specialise } from '../../backends/webgpu-pipelines'
import type { Workgroups } from '../../kernels/kernel'
import type { Call, RunList } from '../../kernels/plan'
import { fill } from '../contents'
import { contentsOf, type Present } from '../present'
import type { BoundBuffer, CallFacts } from '../protocol'

/** Seconds that all replays of a list take together, about. */
const REPLAY_SECONDS = 1
/** Most replays: more do not improve the median. */
const MOST_REPLAYS = 50

/** The calls of a list as the run's program runs them. */
export function callsOf({ trainer: { model, program } }: Present, list: RunList): Promise<CallFacts[]> {
  const variants = program.variants(list)
  return Promise.resolve(model.plan.lists[list].map((call, i) => factsOf(call, variants[i])))
}

const axes = (workgroups: Workgroups): number[] => workgroups.map((count = 1) => count)

function factsOf({ kernel, constants, buffers }: Call, variant: string): CallFacts {
  // A CPU backend runs none of the WGSL programs.
  const program = kernel.variants[variant] ?? Object.values(kernel.variants)[0]
  return {
    kernel: kernel.name,
    variant,
    constants,
    buffers: Object.entries(kernel.bindings).map(([binding, use]) => {
      const [access, dtype] = use.split(' ') as [BoundBuffer['access'], BoundBuffer['dtype']]
      const { name, shape } = buffers[binding]
      return { binding, access, name, shape, dtype }
    }),
    workgroups: axes(program.workgroups(constants)),
    finishing: program.finish && axes(program.finish.workgroups(constants)),
    wgsl: specialise(kernel, program, constants),
    flops: kernel.flops?.(constants),
  }
}

/** Seconds of each call of a list, timed in a copy of the run's program. @throws what Backend.prepare throws */
export async function timeCalls(present: Present, list: RunList): Promise<(number | undefined)[]> {
  const { backend, trainer } = present
  const { contents } = await contentsOf(present)
  const program = await backend.prepare(trainer.model.plan)
  try {
    fill(program, contents)
    const start = performance.now()
    program.run(list, 1)
    await program.settled()
    const seconds = (performance.now() - start) / 1000
    const times = Math.max(1, Math.min(MOST_REPLAYS, Math.floor(REPLAY_SECONDS / seconds)))
    return (await program.profile(list, times)).map((call) => call.seconds)
  } finally {
    program.dispose()
  }
}
