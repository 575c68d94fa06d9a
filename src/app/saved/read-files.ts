// Reads the files of a network in any format, and recognises the page's other files.

import type { Dataset } from '../../datasets/dataset'
import { FormatError } from '../../formats/error'
import { readNetwork, type Network } from '../../formats/network'

/** The content of files. */
export interface Opened extends Network {
  /** Differences from the file, in whole sentences. */
  readonly notes: readonly string[]
}

/** Most bytes of files that are opened together: several times the largest network of a preset. */
const MOST_BYTES = 256e6

const KINDS = 'a .safetensors file of Inkling, or a model.json of TensorFlow.js together with its .bin files'

/** Most bytes of a file that is read to find its format: more than all drawings and runs take. */
const MOST_TEXT = 32e6

/** Whether the file holds drawings; `readFiles` cannot read those. @throws Error as `readFiles` */
export async function holdsDrawings(files: readonly File[]): Promise<boolean> {
  const [file] = files
  if (files.length !== 1 || !endsWith(file.name, '.json') || file.size > MOST_TEXT) return false
  return formatOf(new TextDecoder().decode(await bytesOf(file))) === 'inkling-drawings'
}

/** The format that a JSON file of this page names; undefined for other files. */
function formatOf(text: string): string | undefined {
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content !== 'object' || content === null || !('format' in content)) return undefined
    return typeof content.format === 'string' ? content.format : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads the files of one network. The files of a Keras model name no data set, so it gets `dataset`.
 * @throws Error with a message that continues a sentence after the files' names
 */
export async function readFiles(files: readonly File[], dataset?: Dataset): Promise<Opened> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (bytes > MOST_BYTES) {
    const [have, size, most] = [files.length > 1 ? 'have' : 'has', bytes / 1e6, MOST_BYTES / 1e6]
    throw new Error(`${have} ${size.toFixed(0)} MB, and ${most} MB at most are opened`)
  }
  const models = files.filter(({ name }) => endsWith(name, '.json'))
  if (models.length === 1) return readKeras(models[0], files.filter((file) => file !== models[0]), dataset) // prettier-ignore
  if (files.length === 1 && endsWith(files[0].name, '.safetensors')) {
    return { ...readNetwork(await bytesOf(files[0])), notes: [] }
  }
  throw new Error(`${files.length > 1 ? 'are not files' : 'is no file'} of one network: open ${KINDS}`)
}

async function readKeras(model: File, shards: readonly File[], dataset: Dataset | undefined): Promise<Opened> {
  const text = new TextDecoder().decode(await bytesOf(model))
  if (formatOf(text) === 'inkling-runs') {
    throw new Error(
      'holds records of past runs, but no network: to continue a run, save its network in a .safetensors file',
    )
  }
  const weights = new Map<string, Uint8Array>()
  for (const shard of shards) weights.set(shard.name, await bytesOf(shard, shard.name))
  const { readLayersModel } = await import('../../formats/keras').catch(() => {
    throw new Error('cannot be read: the code for it could not be loaded. Try again when the site can be reached')
  })
  try {
    const { network, notes } = readLayersModel(text, weights, dataset)
    return { ...network, notes }
  } catch (error) {
    // The error is in the model, which is one of several files.
    if (!(error instanceof FormatError) || shards.length === 0) throw error
    throw new FormatError(`cannot be opened: ${model.name} ${error.message}`)
  }
}

const endsWith = (name: string, ending: string) => name.toLowerCase().endsWith(ending)

/** @throws Error if the file is gone or a folder; the message calls it by this name */
async function bytesOf(file: File, name = 'it'): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw new Error(`cannot be read: ${name} is a folder, or is no longer there`)
  }
}
