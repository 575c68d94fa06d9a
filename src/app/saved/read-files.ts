// Reads the files of a network, whatever format they are in, and tells this page's other files from them.

import type { Dataset } from '../../datasets/dataset'
import { FormatError } from '../../formats/error'
import { readNetwork, type Network } from '../../formats/network'

/** What files hold. */
export interface Opened extends Network {
  /** What is not quite as in the file, in whole sentences. */
  readonly notes: readonly string[]
}

/** Most bytes of files that are opened together: several times what the largest network of a preset has. */
const MOST_BYTES = 256e6

const KINDS = 'a .safetensors file of Inkling, or a model.json of TensorFlow.js together with its .bin files'

/** Most bytes of a file that is looked into for what it is, before its format is known: more than all drawings and runs have. */
const MOST_TEXT = 32e6

/** Whether a file is one of drawings, which is nothing for `readFiles`. @throws Error as `readFiles` */
export async function holdsDrawings(files: readonly File[]): Promise<boolean> {
  const [file] = files
  if (files.length !== 1 || !endsWith(file.name, '.json') || file.size > MOST_TEXT) return false
  return formatOf(new TextDecoder().decode(await bytesOf(file))) === 'inkling-drawings'
}

/** What a JSON file of this page says that it is; nothing where it is none. */
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
 * Reads the files of one network. A Keras model is taken for one of `dataset`, which its files do not name.
 * @throws Error whose message goes on after the files' names
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
      'holds past runs for other programs to read, and no network: to go on from one, save its network in a .safetensors file',
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
    // What is wrong is told of the model: of several files, that is one.
    if (!(error instanceof FormatError) || shards.length === 0) throw error
    throw new FormatError(`cannot be opened: ${model.name} ${error.message}`)
  }
}

const endsWith = (name: string, ending: string) => name.toLowerCase().endsWith(ending)

/** @throws Error where the file has gone or is a folder, which is then called by this name */
async function bytesOf(file: File, name = 'it'): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw new Error(`cannot be read: ${name} is a folder, or is no longer there`)
  }
}
