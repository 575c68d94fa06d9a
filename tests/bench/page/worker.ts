// Measures one thing, in a worker as Inkling's page has it.

import { expose } from 'comlink'
import { workloads } from '../workloads'
import { cpuCeilings } from './cpu-ceilings'
import { gpuCeilings, type Ceilings } from './gpu-ceilings'
import type { Contestant, Prepare } from './contestant'
import { profile } from './profile'
import { GOALS, type Library, type Outcome, type Task } from './task'
import { latency, nextChunk, throughput, timed, type Timing } from './timing'

/** The contestants' modules: only the one that is measured is loaded. */
const libraries: Readonly<Record<Library, () => Promise<{ readonly prepare: Prepare }>>> = {
  inkling: () => import('./inkling'),
  tfjs: () => import('./tfjs'),
  jax: () => import('./jax'),
}

/** Training images that a peer gets decoded where the whole set is not needed. */
const SOME_IMAGES = 12_800
const TRAINING_IMAGES = 60_000
const TEST_IMAGES = 10_000

/** Milliseconds since the page was navigated to; the worker's clock has another origin. */
const since = (navigation: number): number => performance.timeOrigin + performance.now() - navigation

async function measure(task: Task, base: string, navigation: number): Promise<Outcome> {
  const workload = workloads[task.workload]
  const images = task.section === 'accuracy' ? TRAINING_IMAGES : SOME_IMAGES
  if (task.section === 'profile') {
    const { prepare } = await import('./inkling')
    const contestant = await prepare(workload, task.backend, { base, images })
    return { device: contestant.device, values: [], calls: await profile(contestant) }
  }
  const { prepare } = await libraries[task.library]()
  const contestant = await prepare(workload, task.backend, { base, images })
  return { device: contestant.device, values: await valuesOf(task, contestant, navigation) }
}

async function valuesOf(task: Task, contestant: Contestant, navigation: number): Promise<number[]> {
  const { batchSize } = workloads[task.workload]
  const { evaluationBatches } = contestant
  switch (task.section) {
    case 'train':
      return (await throughput((steps) => contestant.train(steps), task)).map((rate) => rate * batchSize)
    case 'evaluate': {
      const rates = await throughput((batches) => contestant.evaluate(batches), task)
      return rates.map((rate) => (rate * TEST_IMAGES) / evaluationBatches)
    }
    case 'latency':
      return latency(() => contestant.predict(), task)
    case 'start':
      await contestant.train(1)
      return [since(navigation) / 1000]
    case 'accuracy':
      return secondsToGoals(contestant, Math.ceil(TRAINING_IMAGES / batchSize / 4), task.patience, navigation)
    case 'profile':
      return []
  }
}

/** Seconds from navigation to each of GOALS, as far as they are reached; the test set is evaluated every `interval` steps. */
async function secondsToGoals(
  contestant: Contestant,
  interval: number,
  patience: number,
  navigation: number,
): Promise<number[]> {
  const reached: number[] = []
  let chunk = 1
  let left = interval
  while (reached.length < GOALS.length && since(navigation) < 1000 * patience) {
    const steps = Math.min(chunk, left)
    const milliseconds = await timed(() => contestant.train(steps))
    if (steps === chunk) chunk = nextChunk(chunk, milliseconds)
    left -= steps
    if (left > 0) continue
    left = interval
    const accuracy = ((await contestant.evaluate(contestant.evaluationBatches)) * 100) / TEST_IMAGES
    const seconds = since(navigation) / 1000
    while (reached.length < GOALS.length && accuracy >= GOALS[reached.length]) reached.push(seconds)
  }
  return reached
}

const ceilings = (device: 'webgpu' | 'cpu', timing: Timing): Promise<Ceilings> =>
  device === 'cpu' ? cpuCeilings(timing) : gpuCeilings(navigator.gpu, timing)

const worker = { measure, ceilings }
export type BenchWorker = typeof worker
expose(worker)
