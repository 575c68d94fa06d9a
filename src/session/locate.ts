// Finds where a run broke: repeats its steps from the last finite snapshot up to the first step with a value that is not finite,
// then goes through the calls of that step in order.

import type { Backend, Program } from '../backends/types'
import { onlyList, type RunList, type Plan } from '../kernels/plan'
import { HISTORY_SLOTS, type Model } from '../model/compile'
import { initialContents } from '../model/initialise'
import { fill, readSnapshotValues, snapshotContents } from './contents'
import { allFinite } from './finite'
import { macrotask } from './macrotask'
import { partsOf } from './parts'
import type { Place } from './protocol'
import type { Breakdown } from './divergence-guard'
import type { Data } from './data'

/** Milliseconds of the longest search. */
const MOST_MS = 10_000
/** Milliseconds before the search is first judged too long: the first steps say little. */
const TRIAL_MS = 500
/** Milliseconds that the steps between two checks may take, so that other work gets its turn. */
const CHUNK_MS = 50

/** A run that has broken down. */
export interface Broken {
  readonly backend: Backend
  readonly model: Model
  readonly data: Data
  readonly breakdown: Breakdown
}

/**
 * Finds the first value that is not finite, in a program beside the run's. Undefined if the search would take too long,
 * was aborted, or did not reproduce the failure. @throws what Backend.prepare and Program.read throw
 */
export async function findPlace(broken: Broken, signal: AbortSignal, mostMs = MOST_MS): Promise<Place | undefined> {
  const { backend, model, data, breakdown } = broken
  const list = listOf(breakdown)
  const program = await backend.prepare(planOf(model, list))
  try {
    fill(program, initialContents(model, data.statistics))
    return list === 'train'
      ? await inTraining(program, model, breakdown, signal, mostMs)
      : await inEvaluation(program, model, breakdown, list, signal)
  } finally {
    program.dispose()
  }
}

function listOf({ sign }: Breakdown): RunList {
  if (sign === 'test loss') return 'evaluate'
  return sign === 'validation loss' ? 'validate' : 'train'
}

/** One list of the plan, in a program that starts from the run's snapshot. */
function planOf({ plan, snapshot, buffers: { statistics, rates, decay, clip } }: Model, list: RunList): Plan {
  return onlyList(plan, list, [...snapshot, statistics, rates, decay, clip])
}

async function inTraining(
  program: Program,
  model: Model,
  { from, rates, step: last }: Breakdown,
  signal: AbortSignal,
  mostMs: number,
): Promise<Place | undefined> {
  const { buffers } = model
  const start = performance.now()
  let good = from.buffers
  let step = from.step
  let chunk = 1
  let closing = false
  let done = 0
  fill(program, snapshotContents(model, good))
  while (step < last && !signal.aborted) {
    const elapsed = performance.now() - start
    const left = done > 0 ? ((last - step) * elapsed) / done : 0
    if (elapsed > mostMs || (elapsed > Math.min(TRIAL_MS, mostMs) && elapsed + left > mostMs)) return undefined

    const slot = step % HISTORY_SLOTS
    const steps = Math.min(chunk, last - step, HISTORY_SLOTS - slot)
    const begun = performance.now()
    program.write(buffers.rates, rates.subarray(step - from.step, step - from.step + steps), slot)
    program.run('train', steps)
    const [history, values] = await Promise.all([
      program.read(buffers.history, 2 * slot, 2 * steps),
      readSnapshotValues(program, model),
    ])
    done += steps
    const loss = history.findIndex((value, i) => i % 2 === 0 && !Number.isFinite(value)) / 2
    if (loss < 0 && values.every((each) => allFinite(each))) {
      good = values
      step += steps
      if (!closing && performance.now() - begun < CHUNK_MS / 2) chunk *= 2
    } else if (steps === 1) {
      const place = await inCalls(program, model, 'train')
      return place && { ...place, step: step + 1 }
    } else {
      // The failure is among these steps, and not after the step whose loss shows it.
      closing = true
      chunk = Math.max(1, (loss < 0 ? steps : loss + 1) >> 1)
      fill(program, snapshotContents(model, good))
    }
    await macrotask()
  }
  return undefined
}

async function inEvaluation(
  program: Program,
  model: Model,
  { evaluated, step }: Breakdown,
  list: RunList,
  signal: AbortSignal,
): Promise<Place | undefined> {
  if (!evaluated) return undefined
  fill(program, snapshotContents(model, evaluated.buffers))
  const batches = (list === 'validate' ? model.validation : model.test)?.steps ?? 0
  for (let i = 0; i < batches && !signal.aborted; i++) {
    program.run(list, 1)
    const place = await inCalls(program, model, list)
    if (place) return { ...place, step }
    await macrotask()
  }
  return undefined
}

/**
 * Finds the first such value in the calls of a list that has just run once: no call overwrites what another one wrote, except
 * for what the optimizer updates.
 */
async function inCalls(program: Program, model: Model, list: RunList): Promise<Omit<Place, 'step'> | undefined> {
  let backward = false
  for (const call of model.plan.lists[list]) {
    const isLoss = 'losses' in call.buffers
    for (const [name, binding] of Object.entries(call.kernel.bindings)) {
      if (!binding.endsWith('write f32')) continue
      const buffer = call.buffers[name]
      for (const { layer, start, count } of partsOf(model, call, buffer.id)) {
        if (allFinite(await program.read(buffer, start, count))) continue
        if (isLoss) return { layer: undefined, what: lossOf(list) }
        // Calls around the layers: the gathered batch, and the norm that clips gradients.
        if (layer === undefined) return { layer, what: name === 'inputs' ? 'inputs' : 'norm' }
        return { layer, what: call.layer === undefined ? 'update' : backward ? 'gradient' : 'output' }
      }
    }
    if (isLoss) backward = true
  }
  return undefined
}

function lossOf(list: RunList): Place['what'] {
  if (list === 'train') return 'loss'
  return list === 'validate' ? 'validation loss' : 'test loss'
}
