// The page's address: `?preset=`, `?backend=`, `?seed=`, `?epochs=` read at the start and kept in step.

import { findPreset, presets, type Preset } from '../model/presets'
import { specIssues, type Spec } from '../model/spec'
import { backendChoices, type BackendChoice } from '../session/protocol'
import { formatList } from './format'

/** What an address asks for, and in words what of it could not be followed. */
export interface Link {
  readonly spec: Spec
  readonly choice: BackendChoice
  readonly warnings: readonly string[]
}

/** Reads the query of an address; what is missing or wrong takes the default. */
export function readLink(search: string): Link {
  const query = new URLSearchParams(search)
  const warnings: string[] = []

  const presetName = query.get('preset')
  const preset = findPreset(presetName ?? 'default') ?? presets[0]
  if (presetName !== null && preset.name !== presetName) {
    const known = formatList(presets.map(({ name }) => name))
    warnings.push(
      `The link asks for the preset “${presetName}”, which does not exist. “${preset.title}” is used instead. The presets are ${known}.`,
    )
  }

  const backend = query.get('backend')
  const choice = backendChoices.find((known) => known === backend) ?? 'auto'
  if (backend !== null && choice !== backend) {
    warnings.push(
      `The link asks for the backend “${backend}”, which does not exist. Auto is used instead. The backends are ${formatList(backendChoices)}.`,
    )
  }

  let spec = preset.spec
  for (const field of ['seed', 'epochs'] as const) {
    const text = query.get(field)
    if (text === null) continue
    const changed = { ...spec, [field]: text.trim() === '' ? NaN : Number(text) }
    const issue = specIssues(changed).find((found) => found.field === field)
    if (issue)
      warnings.push(`The link sets ${field} to “${text}”, but it ${issue.message}. ${spec[field]} is used instead.`)
    else spec = changed
  }
  return { spec, choice, warnings }
}

/**
 * The query for the present choice. What is as by default stays out; parameters of others stay in. A network that is no
 * preset cannot be named, so neither it nor its seed and epochs are: an address never gives another one in its place.
 */
export function writeLink(search: string, spec: Spec, preset: Preset | undefined, choice: BackendChoice): string {
  const query = new URLSearchParams(search)
  const put = (name: string, value: string | number, usual: string | number) => {
    if (value === usual) query.delete(name)
    else query.set(name, String(value))
  }
  put('backend', choice, 'auto')
  if (preset) {
    put('preset', preset.name, presets[0].name)
    put('seed', spec.seed, preset.spec.seed)
    put('epochs', spec.epochs, preset.spec.epochs)
  } else for (const name of ['preset', 'seed', 'epochs']) query.delete(name)
  const text = query.toString()
  return text && `?${text}`
}
