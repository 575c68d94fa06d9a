// Exports a run as a PyTorch project: train.py, generated from its spec, and model.safetensors with the state to continue from.

import { strToU8, zipSync } from 'fflate'
import { datasetOf } from '../datasets'
import { layOut, tensorsOf, type NamedTensor } from '../model/parameters'
import { isTrained } from '../model/layers/layer'
import { summarise, type Spec } from '../model/spec'
import { metadataOf, OPTIMIZER, STEP, statisticsTensors, type Network } from './network'
import type { Content } from '../datasets/own/content'
import { examplesFile } from './pytorch/examples'
import { exampleFilesOf } from './pytorch/files'
import { torchOptimizer } from './pytorch/optimizers'
import { trainScript } from './pytorch/script'
import { writeSafetensors } from './safetensors'

/** A run at its present step. */
export interface PytorchRun extends Pick<Network, 'spec' | 'statistics'> {
  readonly snapshot: {
    readonly step: number
    /** Contents of the buffers in `Model.snapshot`: parameters, running statistics, the optimizer's moments, the state. */
    readonly buffers: readonly (Float32Array | Uint32Array)[]
  }
}

/** The files of a project: run `python3 train.py --data DIR` beside the others. */
interface PytorchFiles {
  readonly 'train.py': string
  /** Written by `writeNetwork`, with tensors `optimizer.first-moment.layers.0.weights` and so on, and the step in the metadata. */
  readonly 'model.safetensors': Uint8Array<ArrayBuffer>
  readonly 'README.txt': string
}

/**
 * The project that continues a run as Inkling does: with the same order of images, dropout masks, warps, updates and learning rates, up
 * to rounding. It leaves out only synthetic examples; train.py says so.
 */
export function pytorchFiles(run: PytorchRun): PytorchFiles {
  const { spec, snapshot } = run
  return {
    'train.py': trainScript(spec, snapshot.step),
    'model.safetensors': writeSafetensors({
      tensors: [...statisticsTensors(run), ...checkpointTensors(spec, snapshot.buffers)],
      metadata: { ...metadataOf(spec), [STEP]: String(snapshot.step) },
    }),
    'README.txt': readme(spec, snapshot.step),
  }
}

/** The project as a zip file, with the examples of its data set where they are given. */
export function pytorchZip(run: PytorchRun, content?: Content): Uint8Array<ArrayBuffer> {
  const files = pytorchFiles(run)
  return zipSync({
    'train.py': strToU8(files['train.py']),
    // Weights hardly compress.
    'model.safetensors': [files['model.safetensors'], { level: 0 }],
    'README.txt': strToU8(files['README.txt']),
    ...(content && { 'data.safetensors': examplesFile(datasetOf(run.spec), content) }),
  }) as Uint8Array<ArrayBuffer>
}

/** Parameters, running statistics and the optimizer's moments, which parameters of frozen layers do not have. */
function checkpointTensors(spec: Spec, buffers: PytorchRun['snapshot']['buffers']): NamedTensor[] {
  const [parameters, running, ...rest] = buffers.map(floats)
  const trained = new Set(
    layOut(summarise(spec).layers).list.flatMap(({ name, role, frozen }) => (isTrained(role) && !frozen ? [name] : [])),
  )
  const moments = torchOptimizer(spec.optimizer).moments.flatMap(([moment], i) =>
    tensorsOf(spec, { parameters: rest[i], running })
      .filter(({ name }) => trained.has(name))
      .map((tensor) => ({ ...tensor, name: `${OPTIMIZER}${moment}.${tensor.name}` })),
  )
  return [...tensorsOf(spec, { parameters, running }), ...moments]
}

/** The floats of a buffer; none for the state, which holds whole numbers. */
const floats = (buffer: Float32Array | Uint32Array) => (buffer instanceof Float32Array ? buffer : new Float32Array(0))

const readme = (spec: Spec, step: number) => `A training run of Inkling, to go on with in PyTorch from step ${step}.

You need Python 3.8 or newer with PyTorch 1.13 or newer and NumPy (on Debian: apt-get install python3-torch), ${exampleFilesOf(datasetOf(spec)).readme}

    python3 train.py --data DIR                                on one device
    torchrun --nproc_per_node 2 train.py --data DIR            on two, by DistributedDataParallel
    python3 train.py --help                                    all options

train.py            the network and its training, in one file
model.safetensors   weights, running statistics, the optimizer's moments, the step

The torchrun of PyTorch 1.13 under Python 3.11 (both in Debian 12) ends with "'NoneType' object has no attribute 'get'",
whatever the script. It works with two more options:

    torchrun --redirects 9:1 --tee 9:1 --nproc_per_node 2 train.py --data DIR

It writes trained.safetensors: open it in Inkling, or go on from it with --model trained.safetensors.
`
