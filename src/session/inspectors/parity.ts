// One step of the run on two backends, call by call, for the page's parity badge.
//
// Both backends get the same inputs for every call: the results of the other backend's earlier calls. So each difference is
// one kernel's own. A value next to a kink (of ReLU, of a maximum) cannot fall to different sides on the two backends and make
// all later values differ, as happens in some steps of a large network on devices that are both right.

import type { Choice } from '../../backends'
import type { Backend } from '../../backends/types'
import { onlyRead } from '../../kernels/kernel'
import type { Buffer, Call } from '../../kernels/plan'
import type { Model } from '../../model/compile'
import { macrotask } from '../macrotask'
import { partsOf } from '../parts'
import { contentsOf, type Present } from '../present'
import type { BackendChoice, CallParity, Compared, Parity } from '../protocol'
import type { Inspector } from './inspector'

/**
 * Relative to the largest magnitude in a buffer. Allows for float32 sums of up to thousands of products in another order, and for
 * WGSL's exp and tanh (WGSL specification, section 15.7.4). Tests hold every kernel to between 0 and 5e-5.
 */
export const TOLERANCE = 1e-4

/** Smaller magnitudes count as zero: a GPU may flush the smallest numbers to zero (WGSL specification, section 15.7.2). */
const TINY = 1e-30

type Values = Float32Array | Uint32Array

/** See Inspections.parity. */
export const parityInspector: Inspector<'parity'> = {
  inspect: async ({ run, host }) => run && parity(run, (choice) => host.openAnother(choice)),
}

/** Runs the next step of the run on copies, on its own device and on another. @throws DeviceLostError, or what Backend.prepare throws */
async function parity(present: Present, open: (choice: BackendChoice) => Promise<Choice>): Promise<Parity> {
  const { backend, trainer } = present
  const other = await otherThan(backend, open)
  try {
    const { contents, step } = await contentsOf(present)
    const calls = trainer.model.plan.lists.train
    await copyStores(calls, backend, other)
    const held = new Map<Buffer, Values>(contents)
    const results: CallParity[] = []
    for (const [i, call] of calls.entries()) {
      const [ours, theirs] = [await runAlone(backend, call, held), await runAlone(other, call, held)]
      for (const [buffer, values] of theirs) {
        held.set(buffer, values)
        const mine = ours.get(buffer) ?? []
        const differences = rangesOf(trainer.model, call, buffer).map((ranges) =>
          largestDifference(mine, values, ranges),
        )
        results.push({ call: i, buffer: buffer.name, difference: Math.max(...differences) })
      }
      await macrotask()
    }
    const passed = results.every(({ difference }) => difference <= TOLERANCE)
    return { device: compared(backend), other: compared(other), step, tolerance: TOLERANCE, passed, results }
  } finally {
    other.dispose()
  }
}

const compared = ({ info: { kind, label, adapter } }: Backend): Compared => ({ kind, label, adapter })

/** A GPU is compared with the CPU. The CPU is compared with a GPU if there is one, else with the definition in plain loops. */
async function otherThan({ info }: Backend, open: (choice: BackendChoice) => Promise<Choice>): Promise<Backend> {
  if (info.kind === 'webgpu') return (await open('wasm')).backend
  const { backend } = await open('webgpu')
  if (backend.info.kind === 'webgpu') return backend
  backend.dispose()
  return (await open(info.kind === 'wasm' ? 'reference' : 'wasm')).backend
}

/** Copies the data stores that the calls read. */
async function copyStores(calls: readonly Call[], from: Backend, to: Backend): Promise<void> {
  const stored = new Map(
    calls.flatMap(({ buffers }) =>
      Object.values(buffers).flatMap((buffer) => (buffer.store ? [[buffer.store, buffer]] : [])),
    ),
  )
  for (const [name, { size }] of stored) to.store(name, size * 4).write(0, await from.readStore(name, 0, size * 4))
}

/** Runs a call by itself, on the buffers' earlier contents, and reads what it writes. */
async function runAlone(backend: Backend, call: Call, held: ReadonlyMap<Buffer, Values>): Promise<Map<Buffer, Values>> {
  const bindings = Object.entries(call.kernel.bindings).map(([name, use]) => ({
    name,
    use,
    buffer: call.buffers[name],
  }))
  const buffers = [...new Set(bindings.map(({ buffer }) => buffer))].map((buffer, id) => ({ ...buffer, id }))
  // Buffers by name, which is unique in a plan.
  const own = (name: string) => buffers[buffers.findIndex((buffer) => buffer.name === name)]
  const bound = Object.fromEntries(bindings.map(({ name, buffer }) => [name, own(buffer.name)]))
  const train = [{ ...call, buffers: bound }]
  const program = await backend.prepare({ lists: { train, evaluate: [], validate: [], predict: [] }, buffers })
  try {
    for (const { buffer } of bindings) {
      const values = held.get(buffer)
      if (values && buffer.store === undefined) program.write(own(buffer.name), values)
    }
    program.run('train', 1)
    const written = bindings.filter(({ use }) => !onlyRead(use)).map(({ buffer }) => buffer)
    const values = await Promise.all(written.map(({ name }) => program.read(own(name))))
    return new Map(written.map((buffer, i) => [buffer, values[i]]))
  } finally {
    program.dispose()
  }
}

/** From one element up to, but not including, another. */
type Range = readonly [from: number, to: number]

/**
 * The parts of a buffer that a call writes, layer by layer: gradients of one layer may be a thousandth of another's. Weights and biases
 * of a layer stay together, because a bias below batch normalisation has only rounding errors for a gradient.
 */
function rangesOf(model: Model, call: Call, { id, size }: Buffer): Range[][] {
  const layers = new Map<number | undefined, Range[]>()
  for (const { layer, start = 0, count = size } of partsOf(model, call, id)) {
    layers.set(layer, [...(layers.get(layer) ?? []), [start, start + count]])
  }
  return [...layers.values()]
}

/** Largest difference of two elements in the ranges, relative to the largest magnitude there in the second; NaN agrees with NaN only. */
export function largestDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  ranges: readonly Range[] = [[0, expected.length]],
): number {
  if (actual.length !== expected.length) return Infinity
  let largest = 0
  let magnitude = TINY
  for (const [from, to] of ranges) {
    for (let i = from; i < to; i++) {
      const [a, b] = [actual[i], expected[i]]
      if (Number.isFinite(b)) magnitude = Math.max(magnitude, Math.abs(b))
      if (Object.is(a, b) || a === b) continue
      const apart = Math.abs(a - b)
      if (!Number.isFinite(apart)) return Infinity
      largest = Math.max(largest, apart)
    }
  }
  return largest / magnitude
}
