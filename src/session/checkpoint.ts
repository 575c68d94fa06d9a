// Checks of what comes from outside: that a checkpoint fits the network of its spec, and the snapshot that a network of a file starts from.

import { arrayTypes, zerosOf } from '../kernels/plan'
import { compile, type DataSize } from '../model/compile'
import { initialContents } from '../model/initialise'
import type { Learnt } from '../model/parameters'
import { parseSavedSpec, type Spec } from '../model/spec'
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
 * @throws CheckpointError if the spec is not valid or the learnt values are of another network
 */
export function startingFrom(spec: Spec, learnt: Learnt, data: Data): Checkpoint {
  const model = compile(checkedSpec(spec), data)
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
  return { spec: model.spec, snapshot: { step: 0, seconds: 0, evaluation: 'due', buffers }, buffers: names }
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
