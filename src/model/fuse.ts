// Fewer calls for a step of a dense network. A graphics processor takes some microseconds for each dispatch, whatever there is to do in
// it, and small networks do little: the last layer goes together with the loss and the first input gradients (kernels/dense-head.ts), and
// each gradient of weights with the optimizer's change of them (kernels/dense-update.ts). One hidden layer takes 5 calls in place of 9.

import * as kernels from '../kernels'
import type { Kernel } from '../kernels/kernel'
import type { Buffer, Call } from '../kernels/plan'
import type { BufferList } from './buffers'

/** Most weights between the last two hidden layers for a head that goes through both: each four rows of the batch read all of them. */
const MOST_WEIGHTS = 2 ** 17
/** Most units of the last hidden layer for it: the gradients of four rows lie in the memory of a workgroup. */
const MOST_UNITS = 512

const updates: ReadonlyMap<Kernel, Kernel> = new Map<Kernel, Kernel>([
  [kernels.sgd, kernels.denseUpdateSgd],
  [kernels.rmsprop, kernels.denseUpdateRmsprop],
  [kernels.adam, kernels.denseUpdateAdam],
])

/** The calls of a step that are fused. */
interface Parts {
  readonly last: Call
  readonly loss: Call
  /** Gradients of weights, of the last layer first. */
  readonly weightGradients: readonly Call[]
  /** Gradients of the inputs of the last layer and of the one below, as far as the head takes them. */
  readonly inputGradients: readonly Call[]
  readonly optimizer: Call
  /** The kernel of a gradient of weights with the optimizer. */
  readonly update: Kernel
  readonly end: Call
}

/**
 * The calls of a training step, with fewer of them where all that is trained are dense layers and nothing comes between gradients and
 * optimizer; else as they are. `weightDecay`: of the optimizer.
 */
export function fuse(calls: readonly Call[], { buffer }: BufferList, weightDecay: number): readonly Call[] {
  const parts = partsOf(calls)
  if (!parts) return calls
  const { last, loss, weightGradients, inputGradients, optimizer, end } = parts
  const { ROWS, OUTPUTS } = last.constants
  const outputGradient = buffer('train/output-gradient', [kernels.headFloats(ROWS, OUTPUTS)])

  /** With the gradient of the loss where the head puts it. */
  const moved = (one: Call): Call =>
    one.buffers['gradient'] === loss.buffers['gradient']
      ? { ...one, buffers: { ...one.buffers, gradient: outputGradient } }
      : one
  const update = (one: Call, COUNTS: 0 | 1): Call => {
    const constants = { ...optimizer.constants, ...one.constants, COUNTS, DECAY: weightDecay }
    const buffers = { ...optimizer.buffers, history: end.buffers['history'], ...moved(one).buffers }
    return { ...one, ...callOf(parts.update, constants, buffers) }
  }

  const fused = new Set([last, loss, optimizer, end, ...weightGradients, ...inputGradients])
  const head = headOf(parts, outputGradient)
  const [lastUpdate, ...others] = weightGradients
  return [
    ...calls.flatMap((one) => (one === last ? [head] : fused.has(one) ? [] : [moved(one)])),
    // After all input gradients, which read the weights; the last of them counts the step.
    ...others.map((one) => update(one, 0)),
    update(lastUpdate, 1),
  ]
}

/** What can be fused; undefined where something else is trained, clips gradients, or makes the outputs, and where the last layer is frozen. */
function partsOf(calls: readonly Call[]): Parts | undefined {
  const loss = calls.find(({ kernel }) => kernel === kernels.softmaxCrossEntropy || kernel === kernels.quadratic)
  const optimizer = calls.find(({ kernel }) => updates.has(kernel))
  const end = calls.find(({ kernel }) => kernel === kernels.metrics)
  const last = calls.find(
    ({ kernel, buffers }) => kernel === kernels.denseForward && buffers['outputs'] === loss?.buffers['outputs'],
  )
  const weightGradients = calls.filter(({ kernel }) => kernel === kernels.denseWeightGradient)
  const others = calls.filter(
    (one) => 'gradients' in one.buffers && one !== optimizer && !weightGradients.includes(one),
  )
  const update = optimizer && updates.get(optimizer.kernel)
  if (!loss || !optimizer || !update || !end || !last || others.length > 0) return undefined
  // The update of the last layer reads what the head tells of losses and hits: where it is frozen, nothing would.
  if (weightGradients[0]?.buffers['gradient'] !== loss.buffers['gradient']) return undefined

  /** The gradient of the input of a layer from that of its outputs. */
  const inputGradient = (gradient: Buffer) =>
    calls.find(({ kernel, buffers }) => kernel === kernels.denseInputGradient && buffers['gradient'] === gradient)
  const first = inputGradient(loss.buffers['gradient'])
  const one = first?.buffers['saved'] === last.buffers['inputs'] ? first : undefined
  const below = one && inputGradient(one.buffers['inputGradient'])
  const two = below && isSmall(below) ? below : undefined
  const inputGradients = [one, two].flatMap((each) => each ?? [])
  return { last, loss, weightGradients, inputGradients, optimizer, update, end }
}

const isSmall = ({ constants: { INPUTS, OUTPUTS } }: Call): boolean =>
  OUTPUTS <= MOST_UNITS && INPUTS * OUTPUTS <= MOST_WEIGHTS

function headOf({ last, loss, inputGradients, optimizer }: Parts, outputGradient: Buffer): Call {
  const [one, two] = inputGradients
  const constants = {
    SMOOTHING: 0,
    ...loss.constants,
    ...last.constants,
    LOSS: loss.kernel === kernels.quadratic ? kernels.LOSSES.quadratic : kernels.LOSSES['cross-entropy'],
    INPUT_ACTIVATION: one?.constants['ACTIVATION'] ?? 0,
    BELOW_INPUTS: two?.constants['INPUTS'] ?? 0,
    BELOW_WEIGHTS: two?.constants['WEIGHTS'] ?? 0,
    BELOW_ACTIVATION: two?.constants['ACTIVATION'] ?? 0,
  }
  const buffers = {
    ...last.buffers,
    targets: loss.buffers['targets'],
    state: optimizer.buffers['state'],
    outputGradient,
    ...(one && { inputGradient: one.buffers['inputGradient'] }),
    ...(two && { saved: two.buffers['saved'], belowGradient: two.buffers['inputGradient'] }),
  }
  const kernel = two ? kernels.denseHeadTwo : one ? kernels.denseHeadOne : kernels.denseHead
  return { ...last, ...callOf(kernel, constants, buffers) }
}

/** A call of a kernel, with those of the constants and buffers that it takes. */
export function callOf(kernel: Kernel, constants: Call['constants'], buffers: Call['buffers']): Call {
  const pick = <T>(names: object, from: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, from[name]]))
  return { kernel, constants: pick(kernel.constants, constants), buffers: pick(kernel.bindings, buffers) }
}
