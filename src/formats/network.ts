// A trained network as a file: its parameters as safetensors, its spec in their metadata.

import { learntFrom, tensorsOf, type Learnt, type NamedTensor } from '../model/parameters'
import { parseSpec, SpecError, type Spec } from '../model/spec'
import { cut, FormatError } from './error'
import { parseJson } from './json'
import { readSafetensors, writeSafetensors } from './safetensors'

/** Names of the spec and of the step among the metadata. */
export const SPEC = 'inkling.spec'
export const STEP = 'inkling.step'
/** What the names of tensors that are the optimizer's begin with: a file may also hold the state of a run. */
export const OPTIMIZER = 'optimizer.'
/** Longest spec that is read, in characters: several times the longest there can be. */
const MOST_SPEC = 100_000
/** Most of what is wrong with a spec that a message tells. */
const MOST_ISSUES = 3

/** A network and what it has learnt. */
export interface Network {
  readonly spec: Spec
  readonly learnt: Learnt
}

/**
 * The bytes of a safetensors file; weights are [inputs, outputs] and [rows, columns, channels, filters], in 32-bit floats or
 * rounded to 16-bit ones. @throws FormatError where a weight is too large for 16 bits
 */
export function writeNetwork({ spec, learnt }: Network, dtype?: 'F32' | 'F16'): Uint8Array<ArrayBuffer> {
  return writeSafetensors({ tensors: tensorsOf(spec, learnt), metadata: { [SPEC]: JSON.stringify(spec) } }, dtype)
}

/** Reads such a file, and leaves an optimizer's tensors aside. @throws FormatError that says why it cannot be used, to be put behind the file's name */
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

/** Checks a spec out of a file. @throws FormatError that names the first few of what is wrong */
export function checkSpec(value: unknown): Spec {
  try {
    return parseSpec(value)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const { issues } = error
    const more = issues.length > MOST_ISSUES ? `; and ${issues.length - MOST_ISSUES} more` : ''
    const first = issues.slice(0, MOST_ISSUES).map(({ field, message }) => `${cut(field)} ${message}`)
    throw new FormatError(`has a network that cannot be: ${first.join('; ')}${more}`)
  }
}

/** What a network with these tensors has learnt, and can compute with. @throws FormatError */
export function fill(spec: Spec, tensors: readonly NamedTensor[]): Learnt {
  for (const { name, values } of tensors) {
    // Batch normalisation takes its root. The names are those of model/layers/batch-normalisation.ts.
    const negative = name.endsWith('.variance') ? values.findIndex((value) => value < 0) : -1
    if (negative >= 0) {
      throw new FormatError(`has ${values[negative]} as value ${negative} of ${cut(name)}; no variance is negative`)
    }
  }
  try {
    return learntFrom(spec, tensors)
  } catch (error) {
    throw new FormatError((error as Error).message)
  }
}
