// The formats of a network's files. The code of each is loaded on demand.

import { datasetOf, mnist } from '../../../datasets'
import type { Dataset } from '../../../datasets/dataset'
import type { Content } from '../../../datasets/own/content'
import { readKept } from '../../../datasets/own/kept'
import { planeContent } from '../../../datasets/plane/points'
import type { Network } from '../../../formats/network'
import type { InputStatistics } from '../../../model/initialise'
import type { Checkpoint } from '../../../session/protocol'
import { classesNoun } from '../../../ui/class-words'
import { shapeOf } from '../../spec/stack'

/** What a file is made of. */
export interface Taken {
  readonly checkpoint: Checkpoint
  readonly network: Network
}

export interface Export {
  /** Text of its button. */
  readonly title: string
  /** Its use, in a sentence or two. */
  readonly words: string
  /** Whether networks of a data set have this export. */
  readonly offered?: (dataset: Dataset) => boolean
  /** Ending of the file's name. */
  readonly ending: string
  readonly write: (taken: Taken) => Promise<Blob>
}

const exports: readonly Export[] = [
  {
    title: 'Save network',
    words: 'Weights and setup as safetensors, to be opened here again or in any program that reads the format.',
    ending: '.safetensors',
    async write({ network }) {
      const { writeNetwork } = await import('../../../formats/network')
      return new Blob([writeNetwork(network)], { type: 'application/octet-stream' })
    },
  },
  {
    title: 'Export ONNX',
    words:
      'For ONNX Runtime and other programs: pixels from 0 to 1, or features, go in, logits and probabilities come out.',
    ending: '.onnx',
    async write({ network }) {
      const { writeOnnx } = await import('../../../formats/onnx')
      return new Blob([writeOnnx(network)], { type: 'application/octet-stream' })
    },
  },
  {
    title: 'Export for PyTorch',
    words:
      'A zip file with train.py, which goes on with this run where it stands, on one machine or, by torchrun, on many.',
    ending: '-pytorch.zip',
    async write({ checkpoint, network: { statistics } }) {
      const { pytorchZip } = await import('../../../formats/pytorch')
      const content = await contentOf(datasetOf(checkpoint.spec))
      return new Blob([pytorchZip({ ...checkpoint, statistics }, content)], { type: 'application/zip' })
    },
  },
  {
    title: 'Download as one file',
    words:
      'A page with the drawing pad and this network in it, which works from a disk and offline: send it to a friend.',
    ending: '.html',
    offered: ({ abilities }) => abilities.draw,
    async write({ network }) {
      const { singleFile } = await import('../../saved/single-file')
      return singleFile(network, `A network that reads ${classesNoun(datasetOf(network.spec))}`)
    },
  },
]

/** The examples of a data set that no published files hold: they go along. */
async function contentOf(dataset: Dataset): Promise<Content | undefined> {
  if (dataset.plane) return planeContent(dataset, dataset.plane)
  if (!dataset.own) return undefined
  const content = await readKept(dataset.id)
  if (!content)
    throw new Error(`${dataset.title} is not in this browser any more, and the project would lack its examples.`)
  return content
}

/** The exports of a network of a data set. */
export const exportsOf = (dataset: Dataset): readonly Export[] =>
  exports.filter(({ offered }) => offered?.(dataset) ?? true)

/**
 * `inkling-256-192-4.onnx`; of a data set other than MNIST `inkling-fashion-mnist-256-192-4.onnx`. Names of networks that are not all
 * dense leave out the layers: they would be too long.
 */
export function fileName({ spec }: Pick<Network, 'spec'>, ending: string): string {
  const { id, title, plane, own } = datasetOf(spec)
  const dataset = id === mnist.id ? '' : `-${(plane?.shape ?? (own ? title : id)).replace(/[^\p{L}\p{N}-]+/gu, '-')}`
  const shape = shapeOf(spec)
  return `inkling${dataset}${/^[\d-]+$/.test(shape) ? `-${shape}` : ''}${ending}`
}

/**
 * The network of a checkpoint, with the statistics that its inputs are standardised with, if they are.
 * @throws Error with the message `broken` if a weight is not finite: no program could use such a file
 */
export function networkOf(
  { spec, snapshot, buffers }: Checkpoint,
  statistics: InputStatistics | undefined,
  broken: string,
): Network {
  const [parameters, running] = ['parameters', 'running'].map((name) => {
    const values = snapshot.buffers[buffers.indexOf(name)]
    if (!(values instanceof Float32Array)) throw new Error(`The run has no ${name}.`)
    if (!values.every(Number.isFinite)) throw new Error(broken)
    return values
  })
  return { spec, learnt: { parameters, running }, statistics }
}
