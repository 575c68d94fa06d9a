// Options of the programs: parses and checks arguments.

import { parseArgs, type ParseArgsConfig } from 'node:util'
import { allDatasets, findDataset, mnist } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { isOwnId } from '../datasets/own/id'
import { override } from '../model/overrides'
import { findPreset, presetsFor, type Preset } from '../model/presets'
import { specIssues, type Spec } from '../model/spec'
import { backendChoices, type BackendChoice } from '../session/protocol'
import { whyNotBrought } from './data'
import { messageOf, UsageError } from './errors'

type Options = NonNullable<ParseArgsConfig['options']>

/** Options of a program that trains: fields of the spec, and the backend. */
export const trainingOptions = {
  epochs: { type: 'string' },
  seed: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] },
  backend: { type: 'string', default: 'auto' },
} satisfies Options

/** Like `parse`, with one name before or among the options. @throws UsageError */
export function parseNamed<T extends Options>(args: string[], options: T) {
  const { values, positionals } = inWords(() => parseArgs({ args, options, allowPositionals: true }))
  if (positionals.length > 1) throw new UsageError(`One name is enough, not ${positionals.join(' and ')}.`)
  return { name: positionals.at(0), options: values }
}

/** parseArgs, with errors in words for a person. @throws UsageError */
export function parse<T extends Options>(args: string[], options: T) {
  return inWords(() => parseArgs({ args, options, allowPositionals: false, allowNegative: true })).values
}

function inWords<T>(parsing: () => T): T {
  try {
    return parsing()
  } catch (error) {
    const hint = 'npm passes options on behind two dashes only: npm run NAME -- --preset default'
    const more = error instanceof Error && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
    throw new UsageError(`${messageOf(error)}\n${more ? `${hint}\n` : ''}--help lists the options.`)
  }
}

/** @throws UsageError that lists the data sets */
export function datasetNamed(id: string): Dataset {
  const dataset = findDataset(id)
  if (dataset) return dataset
  if (isOwnId(id)) throw new UsageError(whyNotBrought(id))
  throw new UsageError(`There is no data set "${id}". The data sets are ${datasetNames()}.`)
}

/** The data sets as lines for people. */
export const datasetNames = (): string =>
  allDatasets()
    .map(({ id }) => id)
    .join(', ')

/** @throws UsageError that lists the presets */
export function presetNamed(name: string, dataset: Dataset = mnist): Preset {
  const preset = findPreset(name, dataset)
  if (preset) return preset
  throw new UsageError(`There is no preset "${name}" for ${dataset.title}. The presets are:\n${presetList(dataset)}`)
}

/** The presets of a data set for people, a line each. */
export function presetList(dataset: Dataset): string {
  const presets = presetsFor(dataset)
  const width = Math.max(...presets.map(({ name }) => name.length))
  return presets.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n')
}

/** @throws UsageError */
export function backendNamed(name: string): BackendChoice {
  const choice = backendChoices.find((known) => known === name)
  if (choice) return choice
  throw new UsageError(`There is no backend "${name}". The backends are ${backendChoices.join(', ')}.`)
}

/** Longest time limit: a week. */
const MOST_MINUTES = 10_080

/** @throws UsageError */
export function minutesOf(text: string): number {
  const minutes = Number(text)
  if (text.trim() !== '' && minutes > 0 && minutes <= MOST_MINUTES) return minutes
  throw new UsageError(`--minutes must be a number above 0 and up to ${MOST_MINUTES}, not "${text}".`)
}

/** `trainingOptions` as settings of a spec. */
export function settingsOf({ epochs, seed, set }: { epochs?: string; seed?: string; set: string[] }): string[] {
  const named = Object.entries({ epochs, seed }).filter(([, value]) => value !== undefined)
  return [...named.map(([key, value]) => `${key}=${value}`), ...set]
}

/** Applies `key=value` settings to a spec, in order. @throws UsageError that names the wrong fields */
export function withSettings(spec: Spec, settings: readonly string[]): Spec {
  const result: unknown = settings.reduce<object>((changed, setting) => {
    const [, path, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? []
    if (path === undefined || text === undefined) {
      throw new UsageError(`--set takes key=value, for example --set layers.0.units=64, not "${setting}".`)
    }
    return override(changed, path.trim(), text)
  }, spec)
  const issues = specIssues(result)
  if (issues.length === 0) return result as Spec
  const wrong = issues.map(({ field, message }) => `  ${field} ${message}`).join('\n')
  throw new UsageError(`These settings are not valid:\n${wrong}\n--spec prints a valid one with all its fields.`)
}
