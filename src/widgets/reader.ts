// Reads drawings by a trained network in the thread that asks: the `predict` list of its plan on plain TypeScript, without a worker.

import { createReference } from '../backends/reference'
import type { Network } from '../formats/network'
import { onlyList } from '../kernels/plan'
import { compile } from '../model/compile'
import type { Example } from '../model/examples'
import { scaling, type InputStatistics } from '../model/initialise'
import type { Outputs } from '../model/verdict'
import { fill, learntContents } from '../session/contents'
import { readExample } from '../session/read-example'

/** What a network says of an example, for example of bytes of an image (0 paper, 255 ink); undefined where an output is not finite. */
export type Read = (example: Example) => Promise<Outputs | undefined>

/**
 * Makes a network ready. `inputs` are the statistics of the examples it was trained on, for one whose input is standardised.
 * @throws RangeError from the function it returns where an example has another size
 */
export async function createReader({ spec, learnt }: Network, inputs: InputStatistics | undefined): Promise<Read> {
  const model = compile(spec, { trainCount: 1, testCount: 1 })
  const { parameters, running, statistics } = model.buffers
  const program = await createReference().prepare(onlyList(model.plan, 'predict', [parameters, running, statistics]))
  fill(program, learntContents(model, learnt), [[statistics, scaling(spec, inputs)]])
  return async (example) => readExample(program, model, example)
}
