// The forward pass of a network as calls: a gathered batch through all layers.

import * as kernels from '../kernels'
import { call, type Buffer, type Call } from '../kernels/plan'
import type { Bound } from './batch'
import type { BufferList } from './buffers'
import { typeOf } from './layers'
import type { Builder, Built, Flow } from './layers/layer'
import { parameterIn, type ModelParameter } from './parameters'
import type { Shape } from './shape'
import { inputShapeOf, type Spec } from './spec'

/** Buffers that all layers of a plan share. */
export interface Shared {
  readonly parameters: Buffer<'f32'>
  /** Written where parameters are trained; zero elsewhere. */
  readonly gradients: Buffer<'f32'>
  readonly running: Buffer<'f32'>
  /** Mean and scale of every value of an example, [2, values] as they flow. */
  readonly statistics: Buffer<'f32'>
}

/** A forward pass, and what a backward pass needs of it. */
export interface Pass extends Omit<Bound, 'statistics'> {
  readonly calls: Call[]
  /** The layers in order; their backward pass appends to `calls`. */
  readonly built: readonly Built[]
  /** Of the last layer. */
  readonly output: Flow
}

/** Builds the calls of the forward pass of `rows` examples, which `gather` brings. Names its own buffers after the list `name`. */
export function forwardPass(
  spec: Pick<Spec, 'dataset' | 'layers'>,
  parameterList: readonly ModelParameter[],
  { buffer, flow: makeFlow }: BufferList,
  shared: Shared,
  { name: list, training, rows }: { readonly name: string; readonly training: boolean; readonly rows: number },
  gather: (bound: Bound) => Call,
): Pass {
  const calls: Call[] = []
  const state = buffer(`${list}/state`, [4], 'u32')
  const shape = inputShapeOf(spec)
  const inputs = makeFlow(`${list}/inputs`, rows, shape, 'f32')
  const targets = buffer(`${list}/targets`, [rows], 'u32')
  calls.push(gather({ state, statistics: shared.statistics, inputs, targets }))

  let flow: Flow = { buffer: inputs, shape, activation: 'linear', saved: inputs }
  const built: Built[] = []
  spec.layers.forEach((layer, i) => {
    const prefix = `layers.${i}.`
    const builder: Builder = {
      kernels,
      training,
      layer: i,
      rows,
      state,
      parameters: shared.parameters,
      // Made on demand: not every plan needs it.
      get gradients() {
        return shared.gradients
      },
      running: shared.running,
      offset(name) {
        const parameter = parameterIn(parameterList, i, name)
        if (!parameter) throw new Error(`The layer ${layer.type} has no parameter ${name}.`)
        return parameter.offset
      },
      flow: (name, shape: Shape) => makeFlow(`${list}/${prefix}${name}`, rows, shape, 'f32'),
      integers: (name, shape: Shape) => makeFlow(`${list}/${prefix}${name}`, rows, shape, 'u32'),
      buffer: (name, shape) => buffer(`${list}/${prefix}${name}`, shape),
      call: (kernel, constants, bound) => calls.push({ ...call(kernel, constants, bound), layer: i }),
    }
    const layerCalls = typeOf(layer).build(layer, builder, flow)
    built.push(layerCalls)
    flow = layerCalls.output
  })
  return { calls, state, inputs, targets, built, output: flow }
}
