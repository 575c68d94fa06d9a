// Options of the programs, checked: what each makes of its arguments.

import { parseArgs, type ParseArgsConfig } from 'node:util'
import { override } from '../model/overrides'
import { findPreset, presets, type Preset } from '../model/presets'
import { specIssues, type Spec } from '../model/spec'
import { backendChoices, type BackendChoice } from '../session/protocol'
import { messageOf, UsageError } from './errors'

/** parseArgs, with what is wrong in words for a person. @throws UsageError */
export function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: false }).values
  } catch (error) {
    const hint = 'npm passes options on behind two dashes only: npm run NAME -- --preset default'
    const more = error instanceof Error && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
    throw new UsageError(`${messageOf(error)}\n${more ? `${hint}\n` : ''}--help lists the options.`)
  }
}

/** @throws UsageError that lists the presets */
export function presetNamed(name: string): Preset {
  const preset = findPreset(name)
  if (preset) return preset
  throw new UsageError(`There is no preset "${name}". The presets are:\n${presetList()}`)
}

/** One line a preset, for people. */
export function presetList(): string {
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

/** The spec with `key=value` settings made, one after the other. @throws UsageError that names the wrong fields */
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
  throw new UsageError(`These settings make no spec:\n${wrong}\n--spec prints a valid one with all its fields.`)
}
