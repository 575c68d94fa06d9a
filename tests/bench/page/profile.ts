// Time, arithmetic and memory traffic of every call in a step, to be held against the device's ceilings.

import { pad4 } from '../../../src/kernels/kernel'
import { storageSize, type Call } from '../../../src/kernels/plan'
import type { ModelParameter } from '../../../src/model/parameters'
import type { InklingContestant } from './inkling'

/** What one call of a list costs. */
export interface CallCost {
  readonly kernel: string
  readonly variant: string
  /** Sizes that tell calls of one kernel apart, for example `256x784x512`. */
  readonly size: string
  readonly seconds: number
  /** Floating-point operations, two per multiply-add; undefined where the kernel does not say. */
  readonly flops: number | undefined
  /** Bytes that the call must read and write at least once. */
  readonly bytes: number
}

/** Costs of every call of a training step, as far as the device tells the time of it; `runs` of the step are timed. */
export async function profile({ program, model, train }: InklingContestant, runs = 100): Promise<CallCost[]> {
  await train(runs) // warm
  const times = await program.profile('train', runs)
  return model.plan.lists.train.flatMap((call, i) => {
    const { kernel, variant, seconds } = times[i]
    if (seconds === undefined) return []
    const { kernel: definition, constants } = call
    // What a second pass takes up is written and read.
    const between = definition.variants[variant]?.finish?.floats(constants) ?? 0
    const bytes = bytesOf(call, model.parameters) + 8 * between
    const cost = { kernel, variant, size: sizeOf(call), seconds, bytes }
    return [{ ...cost, flops: definition.flops?.(constants) }]
  })
}

/** Sizes that tell calls of one kernel apart. */
export const sizeOf = ({ constants }: Call): string =>
  ['ROWS', 'HEIGHT', 'WIDTH', 'CHANNELS', 'INPUTS', 'FILTERS', 'OUTPUTS', 'COUNT']
    .flatMap((name) => (name in constants && !('SHUFFLE' in constants && name === 'COUNT') ? constants[name] : []))
    .join('x')

/** Rings of which a step touches one slot: nothing beside the rest. */
const RINGS: readonly string[] = ['rates', 'history']

/**
 * Bytes that a call must move: each buffer it is bound to once, twice where it reads and writes it. Of a data store only the
 * batch's rows count, and of the parameters and gradients of the whole network only the layer's own, where the call's WEIGHTS says
 * which those are. Caches may save nothing of this, and may not be able to hold what is read more than once.
 */
export function bytesOf({ kernel, constants, buffers }: Call, parameters: readonly ModelParameter[]): number {
  return Object.entries(kernel.bindings).reduce((sum, [name, binding]) => {
    if (RINGS.includes(name)) return sum
    const { size, shape, store } = buffers[name]
    const share = store === undefined ? 1 : constants['ROWS'] / shape[0]
    const floats =
      /^(parameters|gradients|velocity|first|second)$/.test(name) && 'WEIGHTS' in constants
        ? layerSize(parameters, constants)
        : size
    return sum + 4 * floats * share * (binding.startsWith('read-write') ? 2 : 1)
  }, 0)
}

/** Floats of a layer's weights and of the bias that lies behind them. */
function layerSize(parameters: readonly ModelParameter[], constants: Call['constants']): number {
  const weights = parameters.find(({ offset, role }) => offset === constants['WEIGHTS'] && role !== 'running')
  return weights ? storageSize(weights.shape) + pad4(weights.shape.at(-1) ?? 0) : 0
}
