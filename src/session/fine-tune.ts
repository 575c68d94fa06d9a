// Fine-tuning: trains a network for a few hundred steps on labelled drawings, mixed with its training examples, so that it
// learns the drawings and forgets little.

import type { Backend, Program } from '../backends/types'
import { rasterise } from '../data/drawing'
import type { ExampleStores } from '../model/buffers'
import { compile, HISTORY_SLOTS, type Model } from '../model/compile'
import { initialContents } from '../model/initialise'
import type { Learnt } from '../model/parameters'
import type { Spec } from '../model/spec'
import { fill, learntContents, readLearnt } from './contents'
import { allFinite } from './finite'
import { macrotask } from './macrotask'
import type { Data } from './data'
import type { LabelledDrawing } from './protocol'
import { readExample } from './read-example'

/** Names of the stores that hold the drawings on the device. */
const stores = { inputs: 'taught-inputs', labels: 'taught-labels' } as const
/** Drawings in the store, repeated to fill it. As many synthetic drawings follow if the network learnt from such. */
const DRAWINGS = 1024
/** Share of a batch that drawings take. */
const SHARE = 0.25
/** Fine-tuning ends after this many steps or seconds, whichever comes first. */
const MOST_STEPS = 400
const MOST_SECONDS = 3
/** Seconds of steps submitted at once: short, so that the time limit holds. */
const CHUNK_SECONDS = 0.05

/** Settings of the training, whatever trained the network before: Adam with a third of its usual rate, and small warps. */
const recipe = {
  optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 0.0003,
  schedule: { type: 'constant' },
  augmentation: { type: 'warp', rotation: 10, scale: 0.1, shear: 0.1, shift: 1, elastic: 0, flip: 0 },
  clipNorm: 0,
  batchSize: 64,
} as const satisfies Partial<Spec>

/** Result of a fine-tuning. */
interface Outcome {
  readonly learnt: Learnt
  /** Whether each drawing is read right, before and after. */
  readonly before: readonly boolean[]
  readonly after: readonly boolean[]
  /** Steps trained, and how long they took. */
  readonly steps: number
  readonly seconds: number
}

/**
 * Trains a network that has `learnt` on at least one drawing, in a program of its own.
 * @throws what Backend.prepare and Program.read throw, and if parameters are not finite in the end
 */
export async function fineTune(
  backend: Backend,
  spec: Spec,
  data: Data,
  learnt: Learnt,
  drawings: readonly LabelledDrawing[],
): Promise<Outcome> {
  const images = drawings.map(({ strokes }) => rasterise(strokes))
  const labels = drawings.map(({ label }) => label)
  try {
    const synthetic = await fillStores(backend, images, labels, spec.styleShare > 0 ? data.synthetic : undefined)
    const batchSize = Math.min(recipe.batchSize, spec.trainingSize)
    const styleShare = SHARE * (synthetic.count / DRAWINGS)
    const model = compile({ ...spec, ...recipe, batchSize, styleShare }, { ...data, synthetic })
    const program = await backend.prepare(model.plan)
    try {
      fill(program, initialContents(model, data.statistics), learntContents(model, learnt))
      program.write(model.buffers.rates, new Float32Array(HISTORY_SLOTS).fill(recipe.learningRate))
      const before = await readDrawings(program, model, images, labels)
      const { steps, seconds } = await train(program)
      const after = await readDrawings(program, model, images, labels)
      const tuned = await readLearnt(program, model)
      if (!allFinite(tuned.parameters) || !allFinite(tuned.running)) {
        throw new Error('Fine-tuning did not end in finite numbers: the network stays as it was.')
      }
      return { before, after, steps, seconds, learnt: tuned }
    } finally {
      program.dispose()
    }
  } finally {
    backend.drop(stores.inputs)
    backend.drop(stores.labels)
  }
}

/** Writes the drawings to stores on the device, and as many synthetic ones. */
async function fillStores(
  backend: Backend,
  images: readonly Uint8Array[],
  labels: readonly number[],
  synthetic: ExampleStores | undefined,
): Promise<ExampleStores> {
  const others = synthetic ? Math.min(DRAWINGS, synthetic.count) : 0
  const count = DRAWINGS + others
  const [{ length: bytes }] = images
  const imageStore = backend.store(stores.inputs, count * bytes)
  const labelStore = backend.store(stores.labels, count)
  for (let i = 0; i < DRAWINGS; i++) imageStore.write(i * bytes, images[i % images.length])
  labelStore.write(
    0,
    Uint8Array.from({ length: DRAWINGS }, (_, i) => labels[i % labels.length]),
  )
  if (synthetic) {
    imageStore.write(DRAWINGS * bytes, await backend.readStore(synthetic.inputs, 0, others * bytes))
    labelStore.write(DRAWINGS, await backend.readStore(synthetic.labels, 0, others))
  }
  return { ...stores, count }
}

async function train(program: Program): Promise<{ steps: number; seconds: number }> {
  const start = performance.now()
  const elapsed = () => (performance.now() - start) / 1000
  let steps = 0
  let chunk = 1
  while (steps < MOST_STEPS && elapsed() < MOST_SECONDS) {
    const begin = elapsed()
    program.run('train', chunk)
    await program.settled()
    steps += chunk
    if (elapsed() - begin < CHUNK_SECONDS / 2) chunk = Math.min(2 * chunk, MOST_STEPS - steps)
    await macrotask()
  }
  return { steps, seconds: elapsed() }
}

/** Whether the network reads each drawing right. */
async function readDrawings(
  program: Program,
  model: Model,
  images: readonly Uint8Array[],
  labels: readonly number[],
): Promise<boolean[]> {
  const right: boolean[] = []
  for (const [i, image] of images.entries()) {
    right.push((await readExample(program, model, image))?.label === labels[i])
  }
  return right
}
