// The page's address: a preset and the differences from it. The page reads it at the start and then keeps it up to date. It has
// `?preset=NAME` and a parameter for each field that differs: `learningRate=0.2`, or JSON for a field with parts. A person may
// also write `optimizer.momentum=0.5`.

import { override } from '../../model/overrides'
import { datasetOf, findDataset, mnist } from '../../datasets'
import { isOwnId } from '../../datasets/own/id'
import { findPreset, presetsFor } from '../../model/presets'
import { parseSpec, specIssues, type Spec, type SpecIssue } from '../../model/spec'
import { backendChoices, type BackendChoice } from '../../session/protocol'
import { changedFields, fieldNames, type SpecField } from './config'
import { formatList } from '../../ui/format'

/** The settings that an address asks for, and the parts of it that were ignored, in words. */
export interface Link {
  readonly spec: Spec
  readonly choice: BackendChoice
  readonly warnings: readonly string[]
  /** Id of the data set that it names, if that is one of a person's own that is not here. */
  readonly awaited?: string
}

/** A field that an address sets, or one value in a field. */
interface Parameter {
  /** Path in the spec: `learningRate`, `optimizer.momentum`. */
  readonly path: string
  readonly text: string
}

/** Most characters of a value in a warning. */
const SHOWN = 40

const NOT_HERE =
  'The data that this link names is not in this browser: it is someone else’s, or was deleted. Open its zip under Data, Bring files, and the network comes, too. Until then, this is MNIST.'

/** Reads the query of an address. Missing and wrong values take the default. */
export function readLink(search: string): Link {
  const query = new URLSearchParams(search)
  const warnings: string[] = []

  const backend = query.get('backend')
  const choice = backendChoices.find((known) => known === backend) ?? 'auto'
  if (backend !== null && choice !== backend) {
    warnings.push(
      `The link asks for the backend “${backend}”, which does not exist. Auto is used instead. The backends are ${formatList(backendChoices)}.`,
    )
  }

  const asked = query.get('dataset') ?? mnist.id
  // Nothing else of the link is of use without its data.
  if (isOwnId(asked) && !findDataset(asked)) {
    return { ...readLink(''), choice, warnings: [NOT_HERE, ...warnings], awaited: asked }
  }
  // Of an id with a part that is none, the beginning may be one: the usual points of that shape.
  const dataset = findDataset(asked) ?? findDataset(asked.split('.').slice(0, 2).join('.')) ?? mnist
  const presets = presetsFor(dataset)
  const presetName = query.get('preset')
  const preset = findPreset(presetName ?? 'default', dataset) ?? presets[0]
  if (presetName !== null && preset.name !== presetName) {
    const known = formatList(presets.map(({ name }) => name))
    warnings.push(
      `The link asks for the preset “${presetName}”, which ${dataset.title} does not have. “${preset.title}” is used instead. The presets are ${known}.`,
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
  return { spec: parseSpec(apply(preset.spec, parameters)), choice, warnings }
}

/**
 * The query for the present choice; readLink reads it back. It has the fields in which the spec differs from the nearest
 * preset, leaves out defaults, and keeps foreign parameters.
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

/** A query that names every field, so that it gives the same spec even after presets have changed. */
export function writeWholeLink(spec: Spec, choice: BackendChoice): string {
  const query = new URLSearchParams()
  if (choice !== 'auto') query.set('backend', choice)
  for (const field of Object.keys(fieldNames) as SpecField[]) query.set(field, textOf(spec[field]))
  return `?${query.toString()}`
}

const textOf = (value: Spec[SpecField]): string => (typeof value === 'string' ? value : JSON.stringify(value))

const topOf = (path: string): string => path.split('.')[0]

const isOurs = (name: string): boolean => Object.hasOwn(fieldNames, topOf(name))

/** The parameters of the spec in a query, whole fields before values in them. Of several with one name the first counts. */
function parametersOf(query: URLSearchParams): readonly Parameter[] {
  const depth = ({ path }: Parameter) => path.split('.').length
  return [...new Set(query.keys())]
    .filter(isOurs)
    .map((path) => ({ path, text: query.get(path) ?? '' }))
    .sort((a, b) => depth(a) - depth(b))
}

/** The spec with the parameters applied, valid or not. */
const apply = (spec: Spec, parameters: readonly Parameter[]): object =>
  parameters.reduce<object>((changed, { path, text }) => override(changed, path, text), spec)

/**
 * The parameters to ignore, at least one: those that set a field with an issue. If an issue is at a field that no parameter
 * sets, those whose removal leaves fewer issues.
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
