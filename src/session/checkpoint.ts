// Checks of what comes from outside: that a checkpoint fits the network of its spec, and the snapshot that a network of a file starts from.

import { arrayTypes, zerosOf } from '../kernels/plan'
import { compile, type DataSize } from '../model/compile'
import { datasetOf } from '../datasets'
import { isStandardised } from '../model/batch'
import { valuesIn } from '../model/examples'
import { freshLearnt, initialContents, type InputStatistics } from '../model/initialise'
import { layOut, type Learnt } from '../model/parameters'
import { parseSavedSpec, summarise, type Spec } from '../model/spec'
import { carriedOver, layersKept } from '../model/transfer'
import { learntContents } from './contents'
import { allFinite } from './finite'
import type { Data } from './data'
import type { Checkpoint } from './protocol'

/** The checkpoint or network cannot be used. */
class CheckpointError extends Error {
  override name = 'CheckpointError'
  /** `why`: the end of a sentence. */
  constructor(why: string) {
    super(`It cannot be taken over: ${why}.`)
  }
}

/** Checks that a checkpoint fits the network of its own spec. @throws CheckpointError */
export function checked(checkpoint: Checkpoint, data: DataSize): Checkpoint {
  const spec = checkedSpec(checkpoint.spec)
  const model = compile(spec, data)
  const { buffers: names, snapshot } = checkpoint
  const { step, seconds, evaluation, buffers } = snapshot
  if (!Number.isSafeInteger(step) || step < 0) throw new CheckpointError(`its step is ${step}`)
  if (!Number.isFinite(seconds) || seconds < 0) throw new CheckpointError(`it has trained for ${seconds} seconds`)
  if (!['done', 'due', 'none'].includes(evaluation)) {
    throw new CheckpointError(`its evaluation is ${String(evaluation)}`)
  }
  checkStatistics(spec, snapshot.statistics)
  const wanted = model.snapshot.map(({ name }) => name)
  if (names.join() !== wanted.join() || buffers.length !== wanted.length) {
    throw new CheckpointError(`it holds ${names.join(', ') || 'nothing'}; this network needs ${wanted.join(', ')}`)
  }
  model.snapshot.forEach((buffer, i) => {
    const { name, size, dtype } = buffer
    const values = buffers[i]
    if (!(values instanceof arrayTypes[dtype])) {
      throw new CheckpointError(`its ${name} are no ${dtype} values`)
    }
    if (values.length !== size) {
      throw new CheckpointError(`its ${name} have ${values.length} values; this network needs ${size}`)
    }
    checkFinite(name, values)
  })
  const [counted, seed] = buffers[model.snapshot.indexOf(model.buffers.state)]
  if (counted !== step) throw new CheckpointError(`it says that it is at step ${step}, and its state is at ${counted}`)
  if (seed !== spec.seed) throw new CheckpointError(`its spec has the seed ${spec.seed}, and its state has ${seed}`)
  return { ...checkpoint, spec }
}

/**
 * The snapshot of a run at step 0 that starts from what a network has learnt: the optimizer's moments are zero, an evaluation is due.
 * `statistics`: of its standardised inputs; by default of the data.
 * @throws CheckpointError if the spec is not valid or the learnt values are of another network
 */
export function startingFrom(
  spec: Spec,
  learnt: Learnt,
  data: Data,
  statistics: InputStatistics | undefined = data.statistics,
): Checkpoint {
  const model = compile(checkedSpec(spec), data)
  checkStatistics(model.spec, statistics)
  const contents = learntContents(model, learnt)
  for (const [{ name, size }, values] of contents) {
    if (values.length !== size) {
      throw new CheckpointError(`its ${name} have ${values.length} values; this network needs ${size}`)
    }
    checkFinite(name, values)
  }
  const held = new Map([...initialContents(model, data.statistics), ...contents])
  const buffers = model.snapshot.map((buffer) => {
    const values = zerosOf(buffer)
    values.set(held.get(buffer) ?? [])
    return values
  })
  const names = model.snapshot.map(({ name }) => name)
  const snapshot = { step: 0, seconds: 0, evaluation: 'due', buffers, ...(statistics && { statistics }) } as const
  return { spec: model.spec, snapshot, buffers: names }
}

/**
 * The snapshot of a run at step 0 whose first layers start from the network of a checkpoint, and how many do.
 * @throws CheckpointError if either spec is not valid, no layer fits, or the checkpoint does not hold its network
 */
export function transferred(to: Spec, from: Checkpoint, data: Data): { checkpoint: Checkpoint; kept: number } {
  const [spec, old] = [checkedSpec(to), checkedSpec(from.spec)]
  const kept = layersKept(old, spec)
  if (kept === 0) throw new CheckpointError('no layer of that network fits the first ones of this network')
  const { statistics } = from.snapshot
  if (isStandardised(spec) && !statistics) {
    throw new CheckpointError('its inputs were standardised, and it does not hold with which mean and deviation')
  }
  const { size, runningSize } = layOut(summarise(old).layers)
  const floatsOf = (name: string, wanted: number): Float32Array => {
    const at = from.buffers.indexOf(name)
    const values = at < 0 ? undefined : from.snapshot.buffers.at(at)
    if (!(values instanceof Float32Array) || values.length !== wanted) {
      throw new CheckpointError(`its ${name} are not the ${wanted} values that its network needs`)
    }
    checkFinite(name, values)
    return values
  }
  const learnt = { parameters: floatsOf('parameters', size), running: floatsOf('running', Math.max(runningSize, 4)) }
  const start = carriedOver(old, learnt, spec, freshLearnt(compile(spec, data)), kept)
  return { checkpoint: startingFrom(spec, start, data, isStandardised(spec) ? statistics : undefined), kept }
}

/** Statistics must be those of the spec's inputs, if there are any. */
function checkStatistics(spec: Spec, statistics: InputStatistics | undefined): void {
  if (!statistics) return
  const count = valuesIn(datasetOf(spec).input)
  for (const name of ['mean', 'deviation'] as const) {
    const values: unknown = statistics[name]
    if (!(values instanceof Float32Array) || values.length !== count || !allFinite(values)) {
      throw new CheckpointError(`the ${name} of its inputs must be ${count} finite values`)
    }
  }
  if (!statistics.deviation.every((value) => value > 0)) {
    throw new CheckpointError('the deviation of its inputs must be above 0')
  }
}

function checkFinite(name: string, values: Float32Array | Uint32Array): void {
  if (allFinite(values)) return
  const odd = values.find((value) => !Number.isFinite(value))
  throw new CheckpointError(`its ${name} hold ${odd}; values must be finite`)
}

/** Checks the spec of a run or network from outside. @throws CheckpointError if it is not valid */
export function checkedSpec(spec: Spec): Spec {
  try {
    return parseSavedSpec(spec)
  } catch (error) {
    throw new CheckpointError(error instanceof Error ? error.message : String(error))
  }
}
