// `--node`: a graphics processor without a browser. Kernel tests, training and kernels through Dawn in Node.

import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createWebGPU } from '../../src/backends/webgpu'
import type { Backend } from '../../src/backends/types'
import { loadFromDisk } from '../../src/cli/data'
import { softwareHint } from '../../src/cli/dawn'
import { Failure, messageOf } from '../../src/cli/errors'
import { exitCodes } from '../../src/cli/main'
import { mnist } from '../../src/datasets'
import { downloadDawn, provideDawn } from './dawn'
import { machineLine, machineOf } from './machine'
import type { Options } from './options'
import { gpuCeilings } from './page/gpu-ceilings'
import { enter } from './page/inkling'
import { profile, type CallCost } from './page/profile'
import { throughput } from './page/timing'
import { ceilingsLine, figure, markdown, profileReport } from './report'
import { summaryOf } from './statistics'
import { workloads, type WorkloadName } from './workloads'

interface NodeResult {
  readonly workload: WorkloadName
  /** Training images per second, one value a repeat. */
  readonly values: readonly number[]
  readonly calls: readonly CallCost[]
}

/** Returns the exit code: 1 where a kernel test fails. @throws Failure where there is no WebGPU */
export async function benchNode(options: Options): Promise<number> {
  downloadDawn()
  await provideDawn()
  const backend = await createWebGPU().catch((error: unknown) => {
    throw new Failure([messageOf(error), softwareHint()].filter(Boolean).join('\n'))
  })
  const { adapter, software } = backend.info
  const machine = machineOf(undefined, adapter + (software ? ' (software)' : ''))
  console.log(machineLine(machine))

  console.error('Kernel tests, every kernel and variant against its reference:')
  const test = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'tests/bench/node.config.ts']
  const { status } = spawnSync(process.execPath, test, { stdio: ['ignore', 2, 'inherit'] })
  const parity = status === 0
  console.log(`\nKernel tests on this adapter: ${parity ? 'passed' : 'FAILED, see above'}.`)

  const ceilings = await gpuCeilings(navigator.gpu, options)
  console.log(`\n${ceilingsLine(adapter, ceilings)}`)
  const data = await loadFromDisk(mnist, { base: '', stores: backend })
  const results: NodeResult[] = []
  for (const name of options.workloads) results.push(await measure(name, backend, data, options))
  const rows = results.map(({ workload, values }) => {
    const { median, min, max } = summaryOf(values)
    const { title, flops } = workloads[workload]
    return [`${workload} ${title}`, figure(median), `${figure(min)} to ${figure(max)}`, figure((median * flops) / 1e9)]
  })
  console.log(`\n## Training\n\n${markdown([['workload', 'images/s', 'range', 'GFLOP/s'], ...rows])}`)
  for (const { workload, calls } of results) {
    if (calls.length > 0) console.log(`\n${profileReport(`Kernels of ${workload}`, calls, ceilings)}`)
  }
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify({ machine, options, parity, ceilings, results }, undefined, 2)}\n`)
  }
  return parity ? exitCodes.finished : exitCodes.failed
}

async function measure(
  name: WorkloadName,
  backend: Backend,
  data: Awaited<ReturnType<typeof loadFromDisk>>,
  options: Options,
): Promise<NodeResult> {
  const workload = workloads[name]
  const contestant = await enter(workload, backend, data)
  const rates = await throughput((steps) => contestant.train(steps), options)
  const calls = await profile(contestant).catch((error: unknown) => {
    console.error(`${name}: ${messageOf(error)}`)
    return []
  })
  contestant.program.dispose()
  return { workload: name, values: rates.map((rate) => rate * workload.batchSize), calls }
}
