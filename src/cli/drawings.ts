// `npm run drawings`: how well a network reads digits that people drew, by the code that reads the page's pad.

import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseDrawings, type FileDrawing } from '../data/drawings-file'
import { datasetOf, mnist } from '../datasets'
import { readNetwork, writeNetwork, type Network } from '../formats/network'
import { backendChoices } from '../session/protocol'
import { Failure, Interrupted, messageOf, UsageError } from './errors'
import { deviceLine, evaluationLine, summaryLine } from './lines'
import { exitCodes, main } from './main'
import { backendNamed, parse, presetList, presetNamed, settingsOf, trainingOptions, withSettings } from './options'
import { read, readingLines, readPerturbed } from './reading'
import { Runner } from './runner'
import { sheet } from './sheet'

/** Most drawings of a file. */
const MOST_DRAWINGS = 1_000_000
/** Drawings on a sheet. */
const WORST = 20

const help = `Trains a network, or takes a trained one, and tells how well it reads drawings.

  npm run drawings -- --strokes FILE [--preset NAME | --weights FILE] [options]

  --strokes FILE     JSON, also gzipped: what the page exports, or [{"label": 7, "writer": 3, "strokes": [[[x, y], ...], ...]}, ...],
                     y pointing down, in any unit; the writer may be left out
  --preset NAME      what to train first; "default" unless given
  --weights FILE     a trained network instead, as --save writes it
  --save FILE        keeps the trained network (safetensors)
  --seed N, --epochs N, --set KEY=VALUE, --backend NAME (${backendChoices.join(', ')})
                     as in npm run train
  --perturb          reads each drawing also in the corners, small, large, turned, with thin and thick pens
  --sheet FILE       a PNG of the ${WORST} worst mistakes: what was drawn in green, what was read in red
  --json             prints one JSON object; accuracies are in per cent
  --help             prints this

Presets:
${presetList(mnist)}`

await main(async (args, signal) => {
  const options = parse(args, {
    strokes: { type: 'string' },
    preset: { type: 'string' },
    weights: { type: 'string' },
    save: { type: 'string' },
    ...trainingOptions,
    perturb: { type: 'boolean', default: false },
    sheet: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (options.help) {
    console.log(help)
    return exitCodes.finished
  }
  if (options.strokes === undefined) throw new UsageError('--strokes FILE is missing. --help lists the options.')
  if (options.weights !== undefined && options.preset !== undefined) {
    throw new UsageError('--preset trains a network and --weights takes a trained one: give one of them.')
  }
  const settings = settingsOf(options)
  if (options.weights !== undefined && (settings.length > 0 || options.save !== undefined)) {
    throw new UsageError('--seed, --epochs, --set and --save are for a network that is trained, not for --weights.')
  }
  const choice = backendNamed(options.backend)
  const spec = withSettings(presetNamed(options.preset ?? 'default').spec, settings)
  const drawings = readStrokes(options.strokes)
  const kept = options.weights === undefined ? undefined : readWeights(options.weights)
  const dataset = datasetOf(kept?.spec ?? spec)
  if (!dataset.abilities.draw) throw new UsageError(`Drawings show digits, and the network knows ${dataset.title}.`)

  for (const path of [options.save, options.sheet]) if (path !== undefined) expectWritable(path)

  const runner = await Runner.open(choice, dataset)
  const tell = (line: string) => (options.json ? console.error(line) : console.log(line))
  tell(deviceLine(runner.device))
  let test: number | null = null
  if (kept) await runner.restore(kept.spec, kept.learnt)
  else {
    const summary = await runner.run(spec, {
      minutes: undefined,
      signal,
      evaluated: (evaluation) => tell(evaluationLine(evaluation)),
    })
    tell(summaryLine(summary))
    if (summary.outcome !== 'finished') return exitCodes[summary.outcome]
    test = summary.accuracy
    if (options.save !== undefined) save(options.save, writeNetwork(await runner.network(spec)))
  }

  const { spec: used } = kept ?? { spec }
  const predict = (image: Uint8Array) => {
    if (signal.aborted) throw new Interrupted()
    return runner.predict(image)
  }
  const { reading, mistakes } = await read(predict, drawings, used)
  const perturbed = options.perturb ? await readPerturbed(predict, drawings) : undefined
  if (options.sheet !== undefined) save(options.sheet, sheet(mistakes.slice(0, WORST)))
  if (options.json) {
    console.log(JSON.stringify({ spec: used, testAccuracy: test, ...reading, ...(perturbed && { perturbed }) }))
  } else console.log(`\n${readingLines(reading, perturbed)}`)
  return exitCodes.finished
})

/** @throws UsageError where the file cannot be used */
function readStrokes(path: string): FileDrawing[] {
  const bytes = open(path)
  try {
    return parseDrawings(unpacked(bytes, path).toString('utf8'), basename(path), MOST_DRAWINGS)
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(messageOf(error))
  }
}

function unpacked(bytes: Buffer, path: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch (error) {
    throw new UsageError(`${basename(path)} cannot be unpacked: ${messageOf(error)}`)
  }
}

/** @throws UsageError where the file cannot be used */
function readWeights(path: string): Network {
  const bytes = open(path)
  try {
    return readNetwork(bytes)
  } catch (error) {
    throw new UsageError(`${basename(path)} ${messageOf(error)}.${ownHint(messageOf(error))}`)
  }
}

/** What to do if a file's network learnt a data set of somebody's own, which only that data set makes readable. */
function ownHint(message: string): string {
  return /\bown\.[0-9a-f]{16}\b/.test(message)
    ? " It is a data set of somebody's own. This command reads drawings of digits, so it needs a network of MNIST."
    : ''
}

function open(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}`)
  }
}

/** @throws UsageError if a file cannot be created there, before time is spent on its content */
function expectWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${messageOf(error)}`)
  }
}

function save(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes)
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${messageOf(error)}`)
  }
}
