// What a program says of one image: the `predict` list of a run's plan.

import type { Program } from '../backends/types'
import type { Model } from '../model/compile'
import { outputsOf } from '../model/outputs'
import { CLASSES } from '../model/spec'
import type { Outputs } from '../model/verdict'

/** Runs an image of 784 bytes through the newest parameters; undefined where an output is not finite. @throws DeviceLostError */
export async function readImage(
  program: Program,
  { spec, buffers: { drawing, outputs } }: Model,
  image: Uint8Array,
): Promise<Outputs | undefined> {
  program.write(drawing, new Uint32Array(image.slice().buffer))
  program.run('predict', 1)
  return outputsOf(await program.read(outputs, 0, CLASSES), spec.loss)
}
