// A trained network as a file: its parameters as safetensors, its spec in their metadata.

import { datasetOf, findDataset } from '../datasets'
import { layOut, learntFrom, tensorsOf, type Learnt, type NamedTensor } from '../model/parameters'
import { parseSavedSpec, SpecError, summarise, type Spec } from '../model/spec'
import { cut, FormatError } from './error'
import { parseJson } from './json'
import { readSafetensors, writeSafetensors } from './safetensors'

/** Names of the spec, of the class names (a JSON list, in the order of the outputs) and of the step among the metadata. */
export const SPEC = 'inkling.spec'
const CLASS_NAMES = 'inkling.classes'
export const STEP = 'inkling.step'
/** Prefix of the optimizer's tensors: a file may also hold the state of a run. */
export const OPTIMIZER = 'optimizer.'
/** Longest spec that is read, in characters: several times the longest there can be. */
const MOST_SPEC = 100_000
/** Most errors of a spec that a message lists. */
const MOST_ISSUES = 3

/** Metadata of every file of a network, for Inkling and for other programs. */
export const metadataOf = (spec: Spec): Record<string, string> => ({
  [SPEC]: JSON.stringify(spec),
  [CLASS_NAMES]: JSON.stringify(datasetOf(spec).classes),
})

/** A network and what it has learnt. */
export interface Network {
  readonly spec: Spec
  readonly learnt: Learnt
}

/**
 * The bytes of a safetensors file; weights are [inputs, outputs] and [rows, columns, channels, filters], in 32-bit floats or
 * rounded to 16-bit ones. @throws FormatError if a weight is too large for 16 bits
 */
export function writeNetwork({ spec, learnt }: Network, dtype?: 'F32' | 'F16'): Uint8Array<ArrayBuffer> {
  return writeSafetensors({ tensors: tensorsOf(spec, learnt), metadata: metadataOf(spec) }, dtype)
}

/** Reads such a file, and ignores an optimizer's tensors. @throws FormatError that says why it cannot be used, to follow the file's name */
export function readNetwork(bytes: Uint8Array): Network {
  const { tensors, metadata } = readSafetensors(bytes)
  if (!Object.hasOwn(metadata, SPEC))
    throw new FormatError(`has no ${SPEC} among its metadata: Inkling did not write it`)
  const spec = readSpec(metadata[SPEC])
  const own = tensors.filter(({ name }) => !name.startsWith(OPTIMIZER))
  return { spec, learnt: fill(spec, own) }
}

function readSpec(text: string): Spec {
  if (text.length > MOST_SPEC)
    throw new FormatError(`has a ${SPEC} of ${text.length} characters; ${MOST_SPEC} are read`)
  return checkSpec(parseJson(text, `has a ${SPEC} that`))
}

/** Checks the spec of a saved network, and reads it as `parseSavedSpec` does. @throws FormatError that names the first few errors */
export function checkSpec(value: unknown): Spec {
  const dataset = typeof value === 'object' && value !== null && 'dataset' in value ? value.dataset : undefined
  if (typeof dataset === 'string' && !findDataset(dataset)) {
    throw new FormatError(`has learnt from the data set “${cut(dataset)}”, which this Inkling does not have`)
  }
  try {
    return parseSavedSpec(value)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const { issues } = error
    const more = issues.length > MOST_ISSUES ? `; and ${issues.length - MOST_ISSUES} more` : ''
    const first = issues.slice(0, MOST_ISSUES).map(({ field, message }) => `${cut(field)} ${message}`)
    throw new FormatError(`has a network that cannot be: ${first.join('; ')}${more}`)
  }
}

/** Checks the tensors of a network, which must be usable numbers. @throws FormatError */
export function fill(spec: Spec, tensors: readonly NamedTensor[]): Learnt {
  for (const { name, parameter, notNegative } of layOut(summarise(spec).layers).list) {
    if (!notNegative) continue
    const values = tensors.find((tensor) => tensor.name === name)?.values ?? new Float32Array()
    const negative = values.findIndex((value) => value < 0)
    if (negative >= 0) {
      throw new FormatError(`has ${values[negative]} as value ${negative} of ${name}; no ${parameter} is negative`)
    }
  }
  try {
    return learntFrom(spec, tensors)
  } catch (error) {
    throw new FormatError((error as Error).message)
  }
}
