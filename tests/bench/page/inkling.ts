// Inkling as a contestant: the page's own backends, compiler and programs, replayed as its session does.

import { createReference } from '../../../src/backends/reference'
import type { Backend, Program } from '../../../src/backends/types'
import { createWasm } from '../../../src/backends/wasm'
import { createWebGPU } from '../../../src/backends/webgpu'
import { compile, HISTORY_SLOTS, type DataSize, type Model, type StepForm } from '../../../src/model/compile'
import { mnist } from '../../../src/datasets'
import { loadDataset } from '../../../src/datasets/load'
import { storesOf } from '../../../src/datasets/stores'
import { initialContents } from '../../../src/model/initialise'
import type { Spec } from '../../../src/model/spec'
import { formOn } from '../../../src/session/step-form'
import { specOf, type Workload } from '../workloads'
import type { Contestant, Source } from './contestant'
import { CLASSES, PIXELS } from '../../tiny-digits'

const stores = storesOf(mnist)

/** How each backend is opened. */
const backends: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  webgpu: () => createWebGPU(),
  wasm: () => createWasm(),
  reference: () => createReference(),
}

/** Inkling shows more of itself, to be profiled. */
export interface InklingContestant extends Contestant {
  readonly model: Model
  readonly program: Program
}

/** As `Prepare` says. */
export async function prepare(workload: Workload, name: string, { base }: Source): Promise<InklingContestant> {
  const backend = await backends[name]()
  return enter(specOf(workload), backend, await loadDataset(mnist, { base, stores: backend }))
}

/** Makes a network ready on a backend that has the data. */
export async function enter(
  spec: Spec,
  backend: Backend,
  data: DataSize,
  form: StepForm = formOn(backend),
): Promise<InklingContestant> {
  const model = compile(spec, data, { form })
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, undefined)) program.write(buffer, contents)
  let broken: Error | undefined
  void backend.fault.then((error) => (broken = error))

  const { label, adapter, kind, features } = backend.info
  const { rates, history, example, outputs } = model.buffers
  program.write(rates, new Float32Array(HISTORY_SLOTS).fill(spec.learningRate))
  const digit = new Uint32Array((await backend.readStore(stores.testInputs, 0, PIXELS)).slice().buffer)
  /** Training steps done, and evaluation batches done. */
  let step = 0
  let batch = 0

  return {
    device: [label, adapter, ...(kind === 'wasm' ? features : [])].filter(Boolean).join(', '),
    model,
    program,
    evaluationBatches: model.test.steps,
    async train(steps) {
      for (const last = step + steps; step < last;) {
        const count = Math.min(last - step, HISTORY_SLOTS - (step % HISTORY_SLOTS))
        program.run('train', count)
        step += count
      }
      const [loss] = await program.read(history, 2 * ((step - 1) % HISTORY_SLOTS), 2)
      if (broken) throw broken
      if (!Number.isFinite(loss)) throw new Error(`The loss is ${loss} after ${step} steps.`)
    },
    async evaluate(batches) {
      for (const last = batch + batches; batch < last;) {
        const count = Math.min(last - batch, model.test.steps - (batch % model.test.steps))
        program.run('evaluate', count)
        batch += count
      }
      const values = await program.read(model.test.history, 0, 2 * model.test.steps)
      let hits = 0
      for (let i = 1; i < values.length; i += 2) hits += values[i]
      return hits
    },
    async predict() {
      program.write(example, digit)
      program.run('predict', 1)
      await program.read(outputs, 0, CLASSES)
    },
  }
}
