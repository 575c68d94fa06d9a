// Runs of Inkling that PyTorch goes on with, on small made-up data sets that both read.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createReference } from '../../src/backends/reference'
import type { Backend } from '../../src/backends/types'
import { datasetOf, mnist } from '../../src/datasets'
import type { Dataset } from '../../src/datasets/dataset'
import { storesOf } from '../../src/datasets/stores'
import { pytorchFiles, type PytorchRun } from '../../src/formats/pytorch'
import { compile } from '../../src/model/compile'
import { valuesIn, type Example } from '../../src/model/examples'
import { initialContents } from '../../src/model/initialise'
import type { Learnt } from '../../src/model/parameters'
import { inputShapeOf, type Spec } from '../../src/model/spec'
import { storedExample, type Data } from '../../src/session/data'
import { Trainer, type Listener, type Snapshot } from '../../src/session/trainer'
import { idxFile } from '../idx-files'
import { fillOddStores, oddExamples, statisticsOf } from '../odd-sets'
import { fillStores, SIZE } from '../tiny-digits'

const stores = storesOf(mnist)

/** Test examples whose outputs are compared: as in follow.py. */
const COUNT = 20

/** A made-up data set on a reference backend. */
export interface Prepared {
  readonly backend: Backend
  readonly trainCount: number
  readonly training: Example
  readonly tested: readonly Example[]
  /** Writes what train.py reads beside it, where that is a file of tensors. */
  write(folder: string): void
}

const cut = (examples: Example, values: number): Example[] =>
  Array.from({ length: COUNT }, (_, i) => examples.slice(i * values, (i + 1) * values))

/** Writes digits as MNIST's four files, two of them gzipped, into a folder. */
export async function writeDigits(folder: string): Promise<Prepared> {
  const backend = createReference()
  fillStores(backend)
  const values = valuesIn(mnist.input)
  const read = (store: string, bytes: number) => backend.readStore(store, 0, bytes)
  const training = await read(stores.trainInputs, SIZE.trainCount * values)
  const test = await read(stores.testInputs, SIZE.testCount * values)
  const write = (name: string, file: Uint8Array) => writeFileSync(join(folder, name), file)
  write('train-images-idx3-ubyte', idxFile('images', training))
  write('train-labels-idx1-ubyte.gz', gzipSync(idxFile('labels', await read(stores.trainLabels, SIZE.trainCount))))
  write('t10k-images-idx3-ubyte.gz', gzipSync(idxFile('images', test)))
  write('t10k-labels-idx1-ubyte', idxFile('labels', await read(stores.testLabels, SIZE.testCount)))
  return { backend, trainCount: SIZE.trainCount, training, tested: cut(test, values), write: () => {} }
}

/** One of the odd data sets. */
export function prepareOdd(dataset: Dataset): Prepared {
  const backend = createReference()
  fillOddStores(backend, dataset)
  const [train, test] = (['train', 'test'] as const).map((part) => oddExamples(dataset, part))
  const tested = cut(test.inputs, valuesIn(dataset.input))
  const shape = inputShapeOf({ dataset: dataset.id })
  const file = tensorFile({
    'train.inputs': [[dataset.train, ...shape], train.inputs],
    'train.labels': [[dataset.train], train.labels],
    'test.inputs': [[dataset.test, ...shape], test.inputs],
    'test.labels': [[dataset.test], test.labels],
  })
  const write = (folder: string) => writeFileSync(join(folder, 'data.safetensors'), file)
  return { backend, trainCount: dataset.train, training: train.inputs, tested, write }
}

/** A safetensors file of bytes and floats, as other programs write it. */
function tensorFile(
  tensors: Readonly<Record<string, readonly [shape: readonly number[], values: Example]>>,
): Uint8Array {
  let at = 0
  const header = Object.entries(tensors).map(([name, [shape, values]]) => {
    const dtype = values instanceof Uint8Array ? 'U8' : 'F32'
    const data_offsets = [at, (at += values.byteLength)]
    return [name, { dtype, shape, data_offsets }] as const
  })
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  const data = Object.values(tensors).map(([, { buffer, byteOffset, byteLength }]) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  return Buffer.concat([length, text, ...data])
}

/** The data set as a run of a spec needs it. */
function dataFor({ trainCount, training }: Prepared, spec: Spec): Data {
  const count = spec.input === 'standardised' ? Math.min(spec.trainingSize, trainCount) : trainCount
  const size = { trainCount, testCount: COUNT }
  return { ...size, statistics: statisticsOf(datasetOf(spec).input, training, count) }
}

/** What Inkling does from a checkpoint on. */
export interface Course {
  readonly losses: readonly number[]
  /** Outputs for the test examples, at the checkpoint and after the steps. */
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** Trains `lead` steps from a snapshot or the beginning, writes the PyTorch project, and goes on for `steps`. */
export async function exportRun(
  prepared: Prepared,
  spec: Spec,
  { lead, steps, start }: { lead: number; steps: number; start?: Snapshot },
  folder: string,
): Promise<Course> {
  const losses: number[] = []
  const listener: Listener = {
    progress: () => {},
    test: () => {},
    validation: () => {},
    train: (points) => losses.push(...points.map(({ loss }) => loss)),
    diverged(breakdown) {
      throw new Error(`The run diverged: ${JSON.stringify(breakdown)}`)
    },
    failed(error) {
      throw error
    },
  }
  const data = dataFor(prepared, spec)
  const trainer = await Trainer.create(prepared.backend, spec, data, listener, start)
  for (let i = 0; i < lead; i++) await trainer.step()
  writeProject(folder, { spec, snapshot: await trainer.takeSnapshot(), statistics: data.statistics })
  prepared.write(folder)
  const before = await outputsOf(prepared, spec, await trainer.learnt())
  losses.length = 0
  for (let i = 0; i < steps; i++) await trainer.step()
  const after = await outputsOf(prepared, spec, await trainer.learnt())
  trainer.dispose()
  return { losses, before, after }
}

/** Writes an exported project into a folder. */
export function writeProject(folder: string, checkpoint: PytorchRun): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(pytorchFiles(checkpoint))) {
    writeFileSync(join(folder, name), content as string | Uint8Array)
  }
}

/** Logits, or outputs where the loss is quadratic, of a network for the test examples, one after the other. */
export async function outputsOf(prepared: Prepared, spec: Spec, learnt: Learnt): Promise<number[]> {
  const { backend, tested } = prepared
  const data = dataFor(prepared, spec)
  const model = compile(spec, data)
  const { example, outputs, parameters, running } = model.buffers
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, data.statistics)) program.write(buffer, contents)
  program.write(parameters, learnt.parameters)
  program.write(running, learnt.running)
  const values: number[] = []
  for (const each of tested) {
    program.write(example, storedExample(spec, each))
    program.run('predict', 1)
    values.push(...(await program.read(outputs, 0, datasetOf(spec).classes.length)))
  }
  program.dispose()
  return values
}
