// The plan of a surface: many examples at once through the network as it is, to paint what it answers everywhere in the plane.

import { datasetOf } from '../datasets'
import type { Buffer, Plan } from '../kernels/plan'
import { gatherInOrder } from './batch'
import { bufferList } from './buffers'
import { forwardPass } from './forward'
import type { Flow } from './layers/layer'
import { learntBuffers } from './look'
import type { ModelParameter } from './parameters'
import type { Spec } from './spec'

/** A compiled surface. */
export interface SurfacePlan {
  readonly plan: Plan<'forward'>
  readonly parameters: readonly ModelParameter[]
  readonly buffers: {
    readonly parameters: Buffer<'f32'>
    readonly running: Buffer<'f32'>
    /** Mean and scale of every value of an example, as in a run. */
    readonly statistics: Buffer<'f32'>
    /** The examples, packed as examples.ts has it. */
    readonly examples: Buffer
  }
  /** Outputs of each layer, a row an example. */
  readonly outputs: readonly Flow[]
}

/** Compiles a pass of `rows` examples through a network of a valid spec, outside training. */
export function compileSurface(spec: Spec, rows: number): SurfacePlan {
  const list = bufferList()
  const { buffer, buffers } = list
  const { input } = datasetOf(spec)
  const { parameters, shared } = learntBuffers(spec, list)
  const examples = list.inputs('examples', input, rows)
  const labels = buffer('labels', [Math.ceil(rows / 4)], 'u32')
  const pass = forwardPass(spec, parameters, list, shared, { name: 'forward', training: false, rows }, (bound) =>
    gatherInOrder(spec, rows, { input, inputs: examples, labels, first: 0, count: rows }, bound),
  )
  const { running, statistics } = shared
  return {
    plan: { lists: { forward: pass.calls }, buffers },
    parameters,
    buffers: { parameters: shared.parameters, running, statistics, examples },
    outputs: pass.built.map(({ output }) => output),
  }
}
