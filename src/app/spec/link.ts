// The page's address: a preset and what differs from it, read at the start and kept in step. `?preset=NAME` and a parameter
// for each field of the spec, `learningRate=0.2` or JSON for what has parts; by hand also `optimizer.momentum=0.5`.

import { override } from '../../model/overrides'
import { datasetOf, findDataset, mnist } from '../../datasets'
import { findPreset, presetsFor } from '../../model/presets'
import { specIssues, type Spec, type SpecIssue } from '../../model/spec'
import { backendChoices, type BackendChoice } from '../../session/protocol'
import { changedFields, fieldNames, type SpecField } from './config'
import { formatList } from '../../ui/format'

/** What an address asks for, and in words what of it could not be followed. */
export interface Link {
  readonly spec: Spec
  readonly choice: BackendChoice
  readonly warnings: readonly string[]
}

/** A field, or a value in it, that an address sets. */
interface Parameter {
  /** `learningRate`, `optimizer.momentum`. */
  readonly path: string
  readonly text: string
}

/** Most characters of a value in a warning. */
const SHOWN = 40

/** Reads the query of an address; what is missing or wrong takes the default. */
export function readLink(search: string): Link {
  const query = new URLSearchParams(search)
  const warnings: string[] = []

  const dataset = findDataset(query.get('dataset') ?? mnist.id) ?? mnist
  const presets = presetsFor(dataset)
  const presetName = query.get('preset')
  const preset = findPreset(presetName ?? 'default', dataset) ?? presets[0]
  if (presetName !== null && preset.name !== presetName) {
    const known = formatList(presets.map(({ name }) => name))
    warnings.push(
      `The link asks for the preset “${presetName}”, which ${dataset.title} does not have. “${preset.title}” is used instead. The presets are ${known}.`,
    )
  }

  const backend = query.get('backend')
  const choice = backendChoices.find((known) => known === backend) ?? 'auto'
  if (backend !== null && choice !== backend) {
    warnings.push(
      `The link asks for the backend “${backend}”, which does not exist. Auto is used instead. The backends are ${formatList(backendChoices)}.`,
    )
  }

  let parameters = parametersOf(query)
  let issues = specIssues(apply(preset.spec, parameters))
  while (issues.length > 0 && parameters.length > 0) {
    const wrong = wrongOf(preset.spec, parameters, issues)
    warnings.push(...wrong.map((parameter) => warning(parameter, issues, preset.spec)))
    parameters = parameters.filter((parameter) => !wrong.includes(parameter))
    issues = specIssues(apply(preset.spec, parameters))
  }
  return { spec: apply(preset.spec, parameters) as Spec, choice, warnings }
}

/**
 * The query for the present choice, from which readLink gives it back. Fields are those in which the spec differs from the
 * preset that is nearest to it; what is as by default stays out, and parameters of others stay in.
 */
export function writeLink(search: string, spec: Spec, choice: BackendChoice): string {
  const query = new URLSearchParams(search)
  for (const name of [...query.keys()]) if (name === 'preset' || isOurs(name)) query.delete(name)
  if (choice === 'auto') query.delete('backend')
  else query.set('backend', choice)

  const dataset = datasetOf(spec)
  const presets = presetsFor(dataset)
  const nearest = presets
    .map((preset) => ({ preset, changed: changedFields(preset.spec, spec) }))
    .reduce((best, next) => (next.changed.length < best.changed.length ? next : best))
  if (nearest.preset !== presets[0]) query.set('preset', nearest.preset.name)
  if (dataset !== mnist) query.set('dataset', dataset.id)
  for (const field of nearest.changed) query.set(field, textOf(spec[field]))
  const text = query.toString()
  return text && `?${text}`
}

/** A query that names every field, so that it gives the same spec also where presets have changed meanwhile. */
export function writeWholeLink(spec: Spec, choice: BackendChoice): string {
  const query = new URLSearchParams()
  if (choice !== 'auto') query.set('backend', choice)
  for (const field of Object.keys(fieldNames) as SpecField[]) query.set(field, textOf(spec[field]))
  return `?${query.toString()}`
}

const textOf = (value: Spec[SpecField]): string => (typeof value === 'string' ? value : JSON.stringify(value))

const topOf = (path: string): string => path.split('.')[0]

const isOurs = (name: string): boolean => Object.hasOwn(fieldNames, topOf(name))

/** What a query sets in the spec, whole fields before values in them; of several with one name the first counts. */
function parametersOf(query: URLSearchParams): readonly Parameter[] {
  const depth = ({ path }: Parameter) => path.split('.').length
  return [...new Set(query.keys())]
    .filter(isOurs)
    .map((path) => ({ path, text: query.get(path) ?? '' }))
    .sort((a, b) => depth(a) - depth(b))
}

/** The spec as the parameters would have it, valid or not. */
const apply = (spec: Spec, parameters: readonly Parameter[]): object =>
  parameters.reduce<object>((changed, { path, text }) => override(changed, path, text), spec)

/**
 * The parameters not to follow, at least one: those that set a field with an issue; where an issue stands at a field that
 * none of them sets, those without which there would be fewer.
 */
function wrongOf(spec: Spec, parameters: readonly Parameter[], issues: readonly SpecIssue[]): readonly Parameter[] {
  const named = parameters.filter(({ path }) => issues.some(({ field }) => topOf(field) === topOf(path)))
  if (named.length > 0) return named
  const guilty = parameters.filter((parameter) => {
    const others = parameters.filter((other) => other !== parameter)
    return specIssues(apply(spec, others)).length < issues.length
  })
  return guilty.length > 0 ? guilty : parameters
}

function warning({ path, text }: Parameter, issues: readonly SpecIssue[], used: Spec): string {
  const issue = issues.find(({ field }) => topOf(field) === topOf(path)) ?? issues[0]
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
  const value = used[topOf(path) as SpecField]
  const instead = typeof value === 'object' ? 'That of the preset' : value
  const what = issue.field === path ? 'it' : issue.field
  return `The link sets ${path} to “${shown}”, but ${what} ${issue.message}. ${instead} is used instead.`
}
