// `npm run bench`: measures, prints tables, asserts nothing.

import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { exitCodes, main } from '../../src/cli/main'
import { messageOf } from '../../src/cli/errors'
import { Measuring, serve } from './browser'
import { compare, PORT } from './compare'
import { contestants } from './contestants'
import { machineLine, machineOf } from './machine'
import { measureHere } from './node/here'
import { pack } from './node/pack'
import { help, optionsOf, type Options } from './options'
import type { Ceilings } from './page/gpu-ceilings'
import type { Outcome } from './page/task'
import { planReport } from './plan'
import { ceilingsLine, profileReport, sectionReport } from './report'
import { sections } from './sections'

await main(async (args, signal) => {
  signal.addEventListener('abort', () => process.exit(exitCodes.interrupted))
  // Its options are its own.
  if (args.includes('--node')) return measureHere(args.filter((arg) => arg !== '--node'))
  const options = optionsOf(args)
  if (options.mode === 'help') {
    console.log(help)
    return exitCodes.finished
  }
  if (options.pack !== undefined) return pack(options.pack)
  if (options.mode === 'plan') {
    console.log(planReport())
    return exitCodes.finished
  }

  const site = await serve('tests/bench/page.config.ts', PORT + 1)
  const measuring = await Measuring.open(site, options.software)
  const machine = machineOf(measuring.version, measuring.adapter)
  console.log(machineLine(machine))
  const save = (results: object) => {
    if (options.json === undefined) return
    writeFileSync(options.json, `${JSON.stringify({ machine, options, ...results }, undefined, 2)}\n`)
  }
  await (options.mode === 'profile' ? profiles : comparison)(measuring, options, save)
  await measuring.close()
  await site.close()
  return exitCodes.finished
})

/** Keeps results as JSON, if that is wanted. */
type Save = (results: object) => void

async function comparison(measuring: Measuring, options: Options, save: Save): Promise<void> {
  const measurements = await compare(measuring, options, (measurements) => save({ measurements }))
  for (const section of sections) {
    const some = measurements.some((measurement) => measurement.section === section.name)
    if (some) console.log(`\n${sectionReport(section, measurements)}`)
  }
}

async function profiles(measuring: Measuring, options: Options, save: Save): Promise<void> {
  const results: ({ backend: string; workload: string; ceilings: Ceilings } & Outcome)[] = []
  for (const { name, title, ...contestant } of contestants) {
    if (contestant.kind !== 'inkling' || !options.backends.includes(name)) continue
    const { library, backend } = contestant
    const device = backend === 'webgpu' ? 'webgpu' : 'cpu'
    const ceilings = await measuring.ceilings(device, options)
    const cores = `${availableParallelism()} CPU cores in WebAssembly`
    console.log(`\n${ceilingsLine(device === 'webgpu' ? measuring.adapter : cores, ceilings)}`)
    for (const workload of options.workloads) {
      const { seconds, repeats, patience, limit } = options
      try {
        const task = { section: 'profile', library, backend, workload, seconds, repeats, patience } as const
        const outcome = await measuring.measure(task, limit)
        console.log(`\n${profileReport(`${title}, ${workload}`, outcome.calls ?? [], ceilings)}`)
        results.push({ backend, workload, ceilings, ...outcome })
        save({ profiles: results })
      } catch (error) {
        console.log(`\n${title}, ${workload}: ${messageOf(error).split('\n')[0]}`)
      }
    }
  }
}
