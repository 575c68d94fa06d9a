// Reads drawings with a trained network in the calling thread: runs the `predict` list of its plan in plain TypeScript, without a worker.

import { createReference } from '../backends/reference'
import type { Network } from '../formats/network'
import { onlyList } from '../kernels/plan'
import { compile } from '../model/compile'
import type { Example } from '../model/examples'
import { scaling, type InputStatistics } from '../model/initialise'
import type { Outputs } from '../model/verdict'
import { fill, learntContents } from '../session/contents'
import { readExample } from '../session/read-example'

/** The network's outputs for an example, such as bytes of an image (0 paper, 255 ink); undefined if an output is not finite. */
export type Read = (example: Example) => Promise<Outputs | undefined>

/**
 * Prepares a network. `inputs` are the statistics of its training examples, for a network with standardised input.
 * @throws RangeError from the returned function if an example has another size
 */
export async function createReader({ spec, learnt }: Network, inputs: InputStatistics | undefined): Promise<Read> {
  const model = compile(spec, { trainCount: 1, testCount: 1 })
  const { parameters, running, statistics } = model.buffers
  const program = await createReference().prepare(onlyList(model.plan, 'predict', [parameters, running, statistics]))
  fill(program, learntContents(model, learnt), [[statistics, scaling(spec, inputs)]])
  return async (example) => readExample(program, model, example)
}
