// `npm run train`: one run in the terminal, by the session that the page uses.

import { datasetOf, mnist } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { pictureSides } from '../datasets/own/read/types'
import { backendChoices } from '../session/protocol'
import { bring, bringOptions, saysHowToRead } from './bring'
import { UsageError } from './errors'
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
  settingsOf,
  trainingOptions,
  withSettings,
} from './options'
import { Runner } from './runner'

const helpFor = (dataset: Dataset) => `Trains a network in the terminal.

  npm run train -- [--dataset NAME | --data PATH] [--preset NAME] [options]

  --dataset NAME     what to learn from: ${datasetNames()}; "mnist" unless given. npm run data tells which are here
  --data PATH        your own data instead: a folder or zip of pictures in folders named after their classes, a table (CSV),
                     IDX files as MNIST's, or the zip of a data set that Inkling packed
  --label NAME       of a table: the column of the classes, by name or by number from 1
  --side N           of pictures: ${pictureSides.join(', ')} pixels
  --colour           of pictures: in colour; --no-colour in gray
  --preset NAME      what to train; "default" unless given
  --backend NAME     ${backendChoices.join(', ')}; auto takes WebGPU on a graphics processor, else the CPU
  --epochs N         instead of the preset's
  --seed N           instead of the preset's
  --set KEY=VALUE    sets any field of the spec, as often as need be: learningRate=0.01, layers.0.units=64, optimizer=adam
  --minutes M        stops training after so many minutes, evaluates and ends with exit code 3
  --json             prints JSON objects, one a line, told apart by "type": device, evaluation..., summary
  --spec             prints the spec as JSON and does not train
  --help             prints this

For clean JSON on stdout keep npm quiet: npm run --silent train -- --json
Accuracies are in per cent. Exit codes: 0 finished, 1 failed, 2 wrong options, 3 time limit, 130 interrupted.

Presets for ${dataset.title}:
${presetList(dataset)}`

interface TrainOptions {
  readonly dataset?: string | undefined
  readonly data?: string | undefined
  readonly label?: string | undefined
  readonly side?: string | undefined
  readonly colour?: boolean | undefined
  readonly json: boolean
  readonly spec: boolean
  readonly help: boolean
}

/** The data set of the options. @throws UsageError or Failure */
async function datasetFor(options: TrainOptions, signal: AbortSignal): Promise<Dataset> {
  const { dataset, data, label, side, colour, json, help } = options
  if (data === undefined) {
    if (saysHowToRead(options))
      throw new UsageError('--label, --side and --colour say how to read --data PATH, which is missing.')
    return datasetNamed(dataset ?? mnist.id)
  }
  if (dataset !== undefined)
    throw new UsageError('--dataset names what to learn from and --data brings it: give one of them.')
  const quiet = json || options.spec || help
  return bring(data, { label, side, colour }, quiet ? console.error : console.log, signal)
}

await main(async (args, signal) => {
  const options = parse(args, {
    dataset: { type: 'string' },
    ...bringOptions,
    preset: { type: 'string', default: 'default' },
    ...trainingOptions,
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
    spec: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  const dataset = await datasetFor(options, signal)
  if (options.help) {
    console.log(helpFor(dataset))
    return exitCodes.finished
  }
  const spec = withSettings(presetNamed(options.preset, dataset).spec, settingsOf(options))
  const choice = backendNamed(options.backend)
  const minutes = options.minutes === undefined ? undefined : minutesOf(options.minutes)
  if (options.spec) {
    console.log(JSON.stringify(spec, undefined, 2))
    return exitCodes.finished
  }

  /** Prints one report, as an object or as a line. */
  const print = (type: string, values: object, line: string) =>
    console.log(options.json ? JSON.stringify({ type, ...values }) : line)
  const runner = await Runner.open(choice, datasetOf(spec))
  const { backend, reason } = runner.device
  print('device', { ...backend.info, reason }, deviceLine(runner.device))
  const summary = await runner.run(spec, {
    minutes,
    signal,
    evaluated: (evaluation) => print('evaluation', evaluation, evaluationLine(evaluation)),
  })
  print('summary', summary, summaryLine(summary))
  if (options.json && summary.outcome !== 'finished') console.error(summaryLine(summary))
  return exitCodes[summary.outcome]
})
