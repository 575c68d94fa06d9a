// Runs of Inkling that PyTorch goes on with, on a small made-up MNIST that both read.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createReference } from '../../src/backends/reference'
import type { Backend } from '../../src/backends/types'
import { pytorchFiles, type PytorchRun } from '../../src/formats/pytorch'
import { compile, stores } from '../../src/model/compile'
import { initialContents, type PixelStatistics } from '../../src/model/initialise'
import type { Learnt } from '../../src/model/parameters'
import { CLASSES, PIXELS, type Spec } from '../../src/model/spec'
import type { Data } from '../src/session/data'
import { Trainer, type Listener, type Snapshot } from '../../src/session/trainer'
import { idxFile } from '../idx-files'
import { fillStores, SIZE } from '../tiny-digits'

/** Test images whose outputs are compared: as in follow.py. */
const IMAGES = 20

/** The made-up data set on a reference backend. */
export interface Digits {
  readonly backend: Backend
  readonly data: Data
  readonly testImages: readonly Uint8Array[]
}

/** Writes the data set as MNIST's four files, two of them gzipped, into a folder. */
export async function writeDigits(folder: string): Promise<Digits> {
  const backend = createReference()
  fillStores(backend)
  const read = (store: string, bytes: number) => backend.readStore(store, 0, bytes)
  const images = await read(stores.trainImages, SIZE.trainCount * PIXELS)
  const test = await read(stores.testImages, SIZE.testCount * PIXELS)
  const write = (name: string, file: Uint8Array) => writeFileSync(join(folder, name), file)
  write('train-images-idx3-ubyte', idxFile('images', images))
  write('train-labels-idx1-ubyte.gz', gzipSync(idxFile('labels', await read(stores.trainLabels, SIZE.trainCount))))
  write('t10k-images-idx3-ubyte.gz', gzipSync(idxFile('images', test)))
  write('t10k-labels-idx1-ubyte', idxFile('labels', await read(stores.testLabels, SIZE.testCount)))
  const testImages = Array.from({ length: IMAGES }, (_, i) => test.slice(i * PIXELS, (i + 1) * PIXELS))
  return { backend, data: { ...SIZE, testCount: 100, ...statistics(images) }, testImages }
}

/** Mean and deviation of every pixel by definition; 1 where it never changes. */
function statistics(images: Uint8Array): PixelStatistics {
  const count = images.length / PIXELS
  const [mean, deviation] = [new Float32Array(PIXELS), new Float32Array(PIXELS)]
  for (let p = 0; p < PIXELS; p++) {
    const values = Array.from({ length: count }, (_, i) => images[i * PIXELS + p] / 255)
    const middle = values.reduce((a, b) => a + b) / count
    mean[p] = middle
    deviation[p] = Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / count) || 1
  }
  return { mean, deviation }
}

/** What Inkling does from a checkpoint on. */
export interface Course {
  readonly losses: readonly number[]
  /** Outputs for the test images, at the checkpoint and after the steps. */
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** Trains `lead` steps from a snapshot or the beginning, writes the PyTorch project, and goes on for `steps`. */
export async function exportRun(
  digits: Digits,
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
  const trainer = await Trainer.create(digits.backend, spec, digits.data, listener, start)
  for (let i = 0; i < lead; i++) await trainer.step()
  writeProject(folder, { spec, snapshot: await trainer.takeSnapshot() })
  const before = await outputsOf(digits, spec, await trainer.learnt())
  losses.length = 0
  for (let i = 0; i < steps; i++) await trainer.step()
  const after = await outputsOf(digits, spec, await trainer.learnt())
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

/** Logits, or outputs where the loss is quadratic, of a network for the test images, one after the other. */
export async function outputsOf({ backend, data, testImages }: Digits, spec: Spec, learnt: Learnt): Promise<number[]> {
  const model = compile(spec, data)
  const { drawing, outputs, parameters, running } = model.buffers
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, data)) program.write(buffer, contents)
  program.write(parameters, learnt.parameters)
  program.write(running, learnt.running)
  const values: number[] = []
  for (const image of testImages) {
    program.write(drawing, new Uint32Array(image.slice().buffer))
    program.run('predict', 1)
    values.push(...(await program.read(outputs, 0, CLASSES)))
  }
  program.dispose()
  return values
}
