// What a network has learnt, read from its program.

import type { Program } from '../backends/types'
import type { Model } from '../model/compile'
import type { Learnt } from '../model/parameters'

/** Parameters and running statistics as they are after everything submitted so far. @throws DeviceLostError */
export async function readLearnt(program: Program, { buffers }: Model): Promise<Learnt> {
  const contents = await Promise.all([program.read(buffers.parameters), program.read(buffers.running)])
  return { parameters: contents[0] as Float32Array, running: contents[1] as Float32Array }
}
