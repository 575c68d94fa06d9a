// Reads drawings by a trained network in the thread that asks: the `predict` list of its plan on plain TypeScript, without a worker.

import { createReference } from '../backends/reference'
import type { Network } from '../formats/network'
import { onlyList } from '../kernels/plan'
import { compile } from '../model/compile'
import { scaling, type PixelStatistics } from '../model/initialise'
import { PIXELS } from '../model/spec'
import type { Outputs } from '../model/verdict'
import { fill, learntContents } from '../session/contents'
import { readImage } from '../session/read-image'

/** What a network says of an image of 784 bytes (0 paper, 255 ink); undefined where an output is not finite. */
export type Read = (image: Uint8Array) => Promise<Outputs | undefined>

/**
 * Makes a network ready. `pixels` are the statistics of the images it was trained on, for one whose input is standardised.
 * @throws RangeError from the function it returns where an image has another size
 */
export async function createReader({ spec, learnt }: Network, pixels: PixelStatistics): Promise<Read> {
  const model = compile(spec, { trainCount: 1, testCount: 1 })
  const { parameters, running, statistics } = model.buffers
  const program = await createReference().prepare(onlyList(model.plan, 'predict', [parameters, running, statistics]))
  fill(program, learntContents(model, learnt), [[statistics, scaling(model, pixels)]])
  return async (image) => {
    if (image.length !== PIXELS) throw new RangeError(`A drawing has ${PIXELS} bytes, this one ${image.length}.`)
    return readImage(program, model, image)
  }
}
