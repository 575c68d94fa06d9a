// A trained network as a file: its parameters as safetensors, its spec in their metadata.

import { datasetOf, findDataset, learnOf } from '../datasets'
import { readDescriptor } from '../datasets/own/descriptor'
import { isStandardised } from '../model/batch'
import type { InputStatistics } from '../model/initialise'
import { layOut, learntFrom, tensorsOf, valuesFor, type Learnt, type NamedTensor } from '../model/parameters'
import { inputShapeOf, parseSavedSpec, SpecError, summarise, type Spec } from '../model/spec'
import { cut, FormatError } from './error'
import { parseJson } from './json'
import { readSafetensors, writeSafetensors, type StoredTensor } from './safetensors'

/** Names of the spec, of the class names (a JSON list, in the order of the outputs) and of the step among the metadata. */
const SPEC = 'inkling.spec'
const CLASS_NAMES = 'inkling.classes'
/** What a data set of one's own is, without its examples: the network can be used where those are not. */
const DATASET = 'inkling.dataset'
export const STEP = 'inkling.step'
/** Prefix of the optimizer's tensors: a file may also hold the state of a run. */
export const OPTIMIZER = 'optimizer.'
/** Names of the tensors with the statistics of standardised inputs, both in the shape of an example. */
const MEAN = 'inputs.mean'
const DEVIATION = 'inputs.deviation'
/** Longest spec that is read, in characters: several times the longest there can be. */
const MOST_SPEC = 100_000
/** Longest descriptor that is read: of 100,000 features with short names. */
const MOST_DESCRIPTOR = 4_000_000
/** Most errors of a spec that a message lists. */
const MOST_ISSUES = 3

/** Metadata of every file of a network, for Inkling and for other programs. */
export const metadataOf = (spec: Spec): Record<string, string> => ({
  [SPEC]: JSON.stringify(spec),
  [CLASS_NAMES]: JSON.stringify(datasetOf(spec).classes),
  ...(datasetOf(spec).own && { [DATASET]: JSON.stringify(datasetOf(spec)) }),
})

/** A network and what it has learnt. */
export interface Network {
  readonly spec: Spec
  readonly learnt: Learnt
  /** Over the examples that the spec standardises with, if it does. Older files do not have them. */
  readonly statistics?: InputStatistics | undefined
}

/**
 * The bytes of a safetensors file; weights are [inputs, outputs] and [rows, columns, channels, filters], in 32-bit floats or
 * rounded to 16-bit ones. @throws FormatError if a weight is too large for 16 bits
 */
export function writeNetwork(network: Network, dtype?: 'F32' | 'F16'): Uint8Array<ArrayBuffer> {
  const { spec, learnt } = network
  const tensors = [...statisticsTensors(network), ...tensorsOf(spec, learnt)]
  return writeSafetensors({ tensors, metadata: metadataOf(spec) }, dtype)
}

/** The statistics of a network whose inputs are standardised, always in 32-bit floats: small deviations need them. */
export function statisticsTensors({ spec, statistics }: Pick<Network, 'spec' | 'statistics'>): StoredTensor[] {
  if (!statistics || !isStandardised(spec)) return []
  const [shape, dtype] = [inputShapeOf(spec), 'F32'] as const
  return [
    { name: MEAN, shape, values: statistics.mean, dtype },
    { name: DEVIATION, shape, values: statistics.deviation, dtype },
  ]
}

/** Reads such a file, and ignores an optimizer's tensors. @throws FormatError that says why it cannot be used, to follow the file's name */
export function readNetwork(bytes: Uint8Array): Network {
  const { tensors, metadata } = readSafetensors(bytes)
  if (!Object.hasOwn(metadata, SPEC))
    throw new FormatError(`has no ${SPEC} among its metadata: Inkling did not write it`)
  if (Object.hasOwn(metadata, DATASET)) know(metadata[DATASET])
  const spec = readSpec(metadata[SPEC])
  const statistics = readStatistics(spec, tensors)
  const others = statistics ? [MEAN, DEVIATION] : []
  const own = tensors.filter(({ name }) => !name.startsWith(OPTIMIZER) && !others.includes(name))
  return { spec, learnt: fill(spec, own), ...(statistics && { statistics }) }
}

/** The statistics in a file; none where inputs are not standardised, or where it has neither tensor. @throws FormatError */
function readStatistics(spec: Spec, tensors: readonly NamedTensor[]): InputStatistics | undefined {
  const [mean, deviation] = [MEAN, DEVIATION].map((wanted) => tensors.find(({ name }) => name === wanted))
  if (!isStandardised(spec) || (!mean && !deviation)) return undefined
  const shape = inputShapeOf(spec)
  const statistics = refusing(() => ({
    mean: valuesFor({ name: MEAN, shape }, mean),
    deviation: valuesFor({ name: DEVIATION, shape }, deviation),
  }))
  const wrong = statistics.deviation.findIndex((value) => value <= 0)
  if (wrong < 0) return statistics
  throw new FormatError(`has ${statistics.deviation[wrong]} as value ${wrong} of ${DEVIATION}; deviations are above 0`)
}

/** What `check` returns. @throws FormatError with the message of its error */
function refusing<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw new FormatError((error as Error).message)
  }
}

/** Adds the data set of a person's own that a file describes, unless it is known. @throws FormatError */
function know(text: string): void {
  if (text.length > MOST_DESCRIPTOR) throw new FormatError(`has a ${DATASET} of ${text.length} characters`)
  const dataset = readDescriptor(parseJson(text, `has a ${DATASET} that`))
  if (!dataset) throw new FormatError(`has a ${DATASET} that describes no data set of one's own`)
  learnOf(dataset)
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
    throw new FormatError(`has a network that cannot work: ${first.join('; ')}${more}`)
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
  return refusing(() => learntFrom(spec, tensors))
}
