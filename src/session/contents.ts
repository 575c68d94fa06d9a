// Reads and writes the buffers of a program: initial contents and a snapshot over them make a run at the snapshot's step, initial
// contents and learnt values over them make a run that starts from a network.

import type { Program } from '../backends/types'
import type { Buffer } from '../kernels/plan'
import type { Model } from '../model/compile'
import type { Learnt } from '../model/parameters'
import type { Snapshot } from './protocol'

/** Buffers and the values from their beginning on. */
export type Contents = readonly (readonly [Buffer, Float32Array | Uint32Array])[]

/** Writes contents; later ones overwrite earlier ones. */
export function fill(program: Pick<Program, 'write'>, ...contents: readonly Contents[]): void {
  for (const [buffer, values] of contents.flat()) program.write(buffer, values)
}

/** Contents of a snapshot. Learning rates are no part of it: they are written ahead of the steps. */
export function snapshotContents({ snapshot }: Model, values: Snapshot['buffers']): Contents {
  return snapshot.map((buffer, i) => [buffer, values[i]])
}

/** Contents that a network has learnt. */
export function learntContents(
  { buffers }: { readonly buffers: Pick<Model['buffers'], 'parameters' | 'running'> },
  { parameters, running }: Learnt,
): Contents {
  return [
    [buffers.parameters, parameters],
    [buffers.running, running],
  ]
}

/** Reads a snapshot's values after everything submitted so far; all reads begin in one task. @throws DeviceLostError */
export function readSnapshotValues(program: Program, { snapshot }: Model): Promise<Snapshot['buffers']> {
  return Promise.all(snapshot.map((buffer) => program.read(buffer)))
}

/** Reads parameters and running statistics after everything submitted so far. @throws DeviceLostError */
export async function readLearnt(program: Program, { buffers }: Model): Promise<Learnt> {
  const contents = await Promise.all([program.read(buffers.parameters), program.read(buffers.running)])
  return { parameters: contents[0], running: contents[1] }
}
