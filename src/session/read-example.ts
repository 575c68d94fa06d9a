// Reads a prediction: the `predict` list of a run's plan for one example.

import type { Program } from '../backends/types'
import type { Model } from '../model/compile'
import { outputsOf } from '../model/outputs'
import { datasetOf } from '../datasets'
import type { Example } from '../model/examples'
import type { Outputs } from '../model/verdict'
import { storedExample } from './data'

/**
 * Runs an example through the newest parameters. Undefined if an output is not finite.
 * @throws RangeError if it is no example of the data set, and DeviceLostError
 */
export async function readExample(
  program: Program,
  { spec, buffers: { example, outputs } }: Model,
  values: Example,
): Promise<Outputs | undefined> {
  program.write(example, storedExample(spec, values))
  program.run('predict', 1)
  return outputsOf(await program.read(outputs, 0, datasetOf(spec).classes.length), spec.loss)
}
