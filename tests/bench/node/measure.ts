// Measures one part, in a process of its own.

import type { Backend } from '../../../src/backends/types'
import { loadFromDisk } from '../../../src/cli/data'
import { openDevice } from '../../../src/cli/device'
import { messageOf } from '../../../src/cli/errors'
import { evaluationLine } from '../../../src/cli/lines'
import { Runner } from '../../../src/cli/runner'
import { mnist } from '../../../src/datasets'
import type { Spec } from '../../../src/model/spec'
import { makeSynthetic } from '../../../src/session/synthetic'
import { formOn } from '../../../src/session/step-form'
import { SyntheticData } from '../../../src/session/synthetic-data'
import { gpuCeilings } from '../page/gpu-ceilings'
import { enter } from '../page/inkling'
import { profile } from '../page/profile'
import { throughput, type Timing } from '../page/timing'
import type { Planned } from '../plan'
import { median } from '../statistics'
import { testKernels } from './kernel-tests'
import { goals, type Assignment, type DeviceFacts, type GoalRun, type Measured, type Training } from './parts'

/** @throws Error with the reason in words */
export async function measure({ part, amount }: Assignment): Promise<Measured> {
  if (part.kind === 'accuracy') return runToGoals(part.spec, amount.minutes)
  const { backend } = await openDevice('webgpu')
  switch (part.kind) {
    case 'device':
      return { device: await factsOf(backend) }
    case 'kernels':
      return { kernels: await testKernels(amount.every, backend.info.features.includes('subgroups')) }
    case 'ceilings':
      return { ceilings: await gpuCeilings(navigator.gpu, amount) }
    case 'training':
      return { training: await train(part, backend, amount) }
  }
}

/** Limits that kernels meet. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const

async function factsOf({ info: { adapter, software, features } }: Backend): Promise<DeviceFacts> {
  const found = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })
  const info: Record<string, string | number | boolean> = {}
  // Its fields are on the prototype.
  for (const name in found?.info) {
    const value: unknown = Reflect.get(found.info, name)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') info[name] = value
  }
  const limits = Object.fromEntries(LIMITS.flatMap((name) => (found ? [[name, found.limits[name]]] : [])))
  return { adapter, software, info, features, limits }
}

/** Seconds of steps that a profile takes at least, and most runs of the step. */
const [PROFILED, MOST_RUNS] = [1, 100]

async function train({ spec, form }: Planned, backend: Backend, timing: Timing): Promise<Training> {
  const data = await loadFromDisk(mnist, { base: '', stores: backend })
  const synthetic = await new SyntheticData(makeSynthetic).on(backend, spec)
  const contestant = await enter(
    spec,
    backend,
    { ...data, ...(synthetic && { synthetic }) },
    form === 'whole' ? form : formOn(backend),
  )
  const rates = await throughput((steps) => contestant.train(steps), timing)
  const runs = Math.max(1, Math.min(MOST_RUNS, Math.round(PROFILED * median(rates))))
  const calls = await profile(contestant, runs).catch((error: unknown) => {
    console.error(`  Its kernels could not be timed: ${messageOf(error)}`)
    return []
  })
  const flops = contestant.model.plan.lists.train.reduce(
    (sum, { kernel, constants }) => sum + (kernel.flops?.(constants) ?? 0),
    0,
  )
  return {
    values: rates.map((rate) => rate * spec.batchSize),
    flops: flops / spec.batchSize,
    calls,
    kernels: backend.info.kernels ?? '',
  }
}

/** Trains by the page's session, as `npm run train` does. */
async function runToGoals(spec: Spec, minutes: number): Promise<Measured> {
  const runner = await Runner.open('webgpu', mnist)
  const reached = new Array<number | null>(goals.length).fill(null)
  const { outcome, message, accuracy, bestAccuracy, epochs, seconds, imagesPerSecond } = await runner.run(spec, {
    minutes,
    signal: new AbortController().signal,
    evaluated(evaluation) {
      console.error(`  ${evaluationLine(evaluation)}`)
      goals.forEach((goal, i) => {
        if (evaluation.testAccuracy >= goal) reached[i] ??= evaluation.seconds
      })
    },
  })
  const run: GoalRun = {
    reached,
    accuracy,
    bestAccuracy,
    epochs,
    seconds,
    imagesPerSecond,
    cut: outcome === 'time limit',
  }
  return { run, ...(outcome === 'failed' && { error: message ?? 'The run failed.' }) }
}
