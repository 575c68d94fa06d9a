// What the version before data sets were values has written still opens, and computes the same: a network, a saved run and links.

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { read } from '../src/app/saved/checkpoint-store'
import { readLink } from '../src/app/spec/link'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import { loadFromDisk, trainingStatistics } from '../src/cli/data'
import { mnist } from '../src/datasets'
import { storesOf } from '../src/datasets/stores'
import { readNetwork } from '../src/formats/network'
import { compile } from '../src/model/compile'
import { valuesIn } from '../src/model/examples'
import { initialContents } from '../src/model/initialise'
import type { Learnt } from '../src/model/parameters'
import { specIssues, type Spec } from '../src/model/spec'
import type { Data } from '../src/session/data'
import type { Checkpoint } from '../src/session/protocol'
import { readExample } from '../src/session/read-example'
import { makeSynthetic } from '../src/session/synthetic'
import { SyntheticData } from '../src/session/synthetic-data'
import { Trainer, type Listener } from '../src/session/trainer'
import { difference } from './harness'

const fixture = (name: string) => readFileSync(new URL(`fixtures/first-storey/${name}`, import.meta.url))

/** What that version's network said of the first test images of MNIST, on WebAssembly with one thread. */
interface Predictions {
  readonly testImages: readonly number[]
  readonly spec: { readonly augmentation: object }
  readonly network: readonly (readonly number[])[]
  readonly step: number
  readonly afterOneMoreStep: readonly (readonly number[])[]
  readonly links: { readonly short: string; readonly whole: string }
}
const told = JSON.parse(fixture('predictions.json').toString()) as Predictions

/** The spec as it is now: it names its data set, goes on standardising over the whole training set, and flips nothing. */
const spec = {
  ...told.spec,
  dataset: 'mnist',
  input: 'standardised-all',
  augmentation: { ...told.spec.augmentation, flip: 0 },
}

/** A record as IndexedDB has it, out of JSON: arrays are there as base64, curves as plain lists. */
function savedRun(): unknown {
  const arrays = { Float32Array, Uint32Array }
  const { curves, ...record } = JSON.parse(fixture('checkpoint.json').toString(), (_, value: unknown) => {
    const { type, base64 } = Object(value) as { type?: unknown; base64?: unknown }
    if (typeof base64 !== 'string' || (type !== 'Float32Array' && type !== 'Uint32Array')) return value
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
    return new arrays[type](bytes.buffer)
  }) as { curves: Record<string, number[]> }
  const rows = Object.entries(curves).map(([name, values]) => [name, Float64Array.from(values)] as const)
  return { ...record, curves: Object.fromEntries(rows) }
}

function checkpoint(): Checkpoint {
  const left = read(savedRun())
  if (!('run' in left)) throw new Error(left.unreadable)
  return left.run.checkpoint
}

describe.each([
  { name: 'WebAssembly', open: () => createWasm({ build: 'simd', threads: 1 }), tolerance: 0 },
  { name: 'reference', open: () => Promise.resolve(createReference()), tolerance: 1e-5 },
])('on $name', ({ open, tolerance }) => {
  let backend: Backend
  let data: Data
  let images: Uint8Array[]
  beforeAll(async () => {
    backend = await open()
    const size = await loadFromDisk(mnist, { base: '', stores: backend })
    const statistics = await trainingStatistics(mnist)
    const synthetic = await new SyntheticData(makeSynthetic).on(backend, checkpoint().spec)
    data = { ...size, statistics, ...(synthetic && { synthetic }) }
    const bytes = valuesIn(mnist.input)
    images = await Promise.all(
      told.testImages.map((i) => backend.readStore(storesOf(mnist).testInputs, i * bytes, bytes)),
    )
    return () => backend.dispose()
  })

  async function outputsOf(spec: Spec, learnt: Learnt): Promise<number[][]> {
    const model = compile(spec, data)
    const program = await backend.prepare(model.plan)
    for (const [buffer, contents] of initialContents(model, data.statistics)) program.write(buffer, contents)
    program.write(model.buffers.parameters, learnt.parameters)
    program.write(model.buffers.running, learnt.running)
    const all: number[][] = []
    for (const image of images) all.push([...((await readExample(program, model, image))?.outputs ?? [])])
    program.dispose()
    return all
  }

  function expectSame(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]) {
    if (tolerance === 0) expect(actual).toEqual(expected)
    else expect(difference(actual.flat(), expected.flat())).toBeLessThanOrEqual(tolerance)
  }

  it('a network predicts the same', async () => {
    const network = readNetwork(fixture('network.safetensors'))
    expectSame(await outputsOf(network.spec, network.learnt), told.network)
  })

  it('a saved run goes on the same', async () => {
    const { spec, snapshot } = checkpoint()
    const failed = (error: unknown) => {
      throw error
    }
    const silent = () => {}
    const listener: Listener = {
      progress: silent,
      train: silent,
      test: silent,
      validation: silent,
      diverged: failed,
      failed,
    }
    const trainer = await Trainer.create(backend, spec, data, listener, snapshot)
    await trainer.step()
    expectSame(await outputsOf(spec, await trainer.learnt()), told.afterOneMoreStep)
    trainer.dispose()
  })
})

describe('names its data set, and standardises as it did', () => {
  it('where a network is opened', () => {
    expect(readNetwork(fixture('network.safetensors')).spec).toEqual(spec)
  })

  it('where a saved run is found', () => {
    const { spec: kept, snapshot } = checkpoint()
    expect(kept).toEqual(spec)
    expect(snapshot.step).toBe(told.step)
  })
})

describe('a link', () => {
  it.each(Object.entries(told.links))('that is %s opens with its spec', (_, search) => {
    const link = readLink(search)
    expect(link.warnings).toEqual([])
    expect(link.spec).toEqual({ ...spec, input: 'standardised' }) // a new run of it standardises over what it trains on
    expect(specIssues(link.spec)).toEqual([])
  })
})
