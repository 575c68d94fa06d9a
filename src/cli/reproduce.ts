// `npm run reproduce`: trains every preset to its end and prints a table of the results.

import { isDeepStrictEqual } from 'node:util'
import type { Dataset } from '../datasets/dataset'
import { presetsFor, type Preset } from '../model/presets'
import type { Spec } from '../model/spec'
import { deviceLine, evaluationLine, summaryLine } from './lines'
import { exitCodes, main } from './main'
import {
  backendNamed,
  datasetNamed,
  datasetNames,
  minutesOf,
  parse,
  presetList,
  presetNamed,
  withSettings,
} from './options'
import { readPyTorch, readResults, resumedResults, writeResults, type Result } from './results'
import { Runner } from './runner'
import { resultsTable } from './table'

const helpFor = (
  dataset: Dataset,
) => `Trains every preset, one after the other, and prints a table in Markdown. Progress goes to stderr.

  npm run reproduce -- [options]

  --dataset NAME     the presets of this data set: ${datasetNames()}; "mnist" unless given
  --preset NAME,...  only these
  --seeds N,...      one run for each; 1 unless given
  --minutes M        cuts a run that takes longer, after a last evaluation; 10 unless given
  --backend NAME     auto, webgpu, reference
  --json FILE        adds every run to this file as it ends; runs that are there already are not repeated
  --table FILE       trains nothing: the table of such a file
  --pytorch FILE     a column more, from a JSON list of { preset, seed, epochs, accuracy in per cent }
  --help             prints this

Exit codes: 0 all ran, 1 some failed, 2 wrong options, 130 interrupted.

Presets for ${dataset.title}:
${presetList(dataset)}`

interface Job {
  readonly preset: Preset
  readonly spec: Spec
}

/** One line on stderr. */
const tell = (line: string) => console.error(line)

await main(async (args, signal) => {
  const options = parse(args, {
    dataset: { type: 'string', default: 'mnist' },
    preset: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    backend: { type: 'string', default: 'auto' },
    json: { type: 'string' },
    table: { type: 'string' },
    pytorch: { type: 'string' },
    help: { type: 'boolean', default: false },
  })
  const dataset = datasetNamed(options.dataset)
  const presets = presetsFor(dataset)
  if (options.help) {
    console.log(helpFor(dataset))
    return exitCodes.finished
  }
  const pytorch = options.pytorch === undefined ? [] : readPyTorch(options.pytorch)
  if (options.table !== undefined) {
    console.log(resultsTable(presets, readResults(options.table), pytorch))
    return exitCodes.finished
  }
  const chosen =
    options.preset === undefined ? presets : options.preset.split(',').map((name) => presetNamed(name, dataset))
  const seeds = options.seeds.split(',')
  const jobs = chosen.flatMap((preset) =>
    seeds.map((seed): Job => ({ preset, spec: withSettings(preset.spec, [`seed=${seed}`]) })),
  )
  const choice = backendNamed(options.backend)
  const minutes = minutesOf(options.minutes)
  const { json } = options
  const results = json === undefined ? [] : resumedResults(json)
  if (json !== undefined) writeResults(json, results) // fails now rather than after the first run

  let code: number = exitCodes.finished
  let runner: Runner | undefined
  for (const [i, job] of jobs.entries()) {
    if (!runner) {
      runner = await Runner.open(choice, dataset)
      tell(deviceLine(runner.device))
    }
    tell(`\n${job.preset.name}, seed ${job.spec.seed} (${i + 1} of ${jobs.length}): ${job.preset.title}`)
    if (results.some((result) => answers(result, job, runner, minutes))) {
      tell(`${json} has it already.`)
      continue
    }
    const summary = await runner.run(job.spec, {
      minutes,
      signal,
      evaluated: (evaluation) => tell(evaluationLine(evaluation)),
    })
    tell(summaryLine(summary))
    if (summary.outcome === 'interrupted') {
      code = exitCodes.interrupted
      break
    }
    if (summary.outcome === 'failed') {
      code = exitCodes.failed
      runner = undefined // its device may be lost
      continue
    }
    results.push({ ...summary, preset: job.preset.name, minutes, at: new Date().toISOString() })
    if (json !== undefined) writeResults(json, results)
  }
  console.log(resultsTable(presets, results, pytorch))
  return code
})

/** Whether a result is of this job on the runner's device. */
function answers(result: Result, { preset, spec }: Job, runner: Runner | undefined, minutes: number): boolean {
  const info = runner?.device.backend.info
  return (
    result.preset === preset.name &&
    result.backend === info?.kind &&
    result.adapter === info.adapter &&
    (result.outcome === 'finished' || result.minutes >= minutes) &&
    isDeepStrictEqual(result.spec, spec)
  )
}
