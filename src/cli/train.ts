// `npm run train`: one run in the terminal, by the session that the page uses.

import { datasetOf } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { backendChoices } from '../session/protocol'
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

  npm run train -- [--dataset NAME] [--preset NAME] [options]

  --dataset NAME     what to learn from: ${datasetNames()}; "mnist" unless given. npm run data tells which are here
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

await main(async (args, signal) => {
  const options = parse(args, {
    dataset: { type: 'string', default: 'mnist' },
    preset: { type: 'string', default: 'default' },
    ...trainingOptions,
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
    spec: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  const dataset = datasetNamed(options.dataset)
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
