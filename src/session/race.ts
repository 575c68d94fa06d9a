// A race of two backends: how fast each takes the training steps of a run, measured for a moment on a program of its own, so that the
// run and its random numbers know nothing of it.

import { DeviceLostError, type Backend, type BackendKind, type Program } from '../backends/types'
import { datasetOf } from '../datasets'
import { onlyList, type Buffer, type RunList } from '../kernels/plan'
import { compile, HISTORY_SLOTS, type StepForm } from '../model/compile'
import { initialContents } from '../model/initialise'
import type { Spec } from '../model/spec'
import { canBeWhole } from '../model/whole'
import { fill } from './contents'
import type { Data } from './data'
import { Flight } from './flight'
import { macrotask, runInTurns } from './macrotask'
import { GROWTH, Pace, RoundTrip } from './pace'
import { formOn } from './step-form'

/** Backends that race. */
export type Racer = Extract<BackendKind, 'webgpu' | 'wasm'>

/** Examples that each trains in a second; 0 of a processor that took longer than PATIENCE for a batch. */
export interface Speeds extends Readonly<Record<Racer, number>> {
  /** The graphics card was fastest with whole steps: see model/whole.ts. */
  readonly whole?: true
}

/** Milliseconds of work that a speed is measured over, and of work before. */
const [BUDGET, RUN_IN] = [50, 30]
/** Milliseconds that a racer has, whatever came of them. */
export const PATIENCE = 500

/** Who trains: of two that are equally fast the graphics card, which leaves the processor to the page. */
export const fasterOf = ({ webgpu, wasm }: Speeds): Racer => (wasm > webgpu ? 'wasm' : 'webgpu')

/** How a race ended. */
export interface RaceResult {
  readonly winner: Racer
  /** Undefined if a racer failed. */
  readonly speeds?: Speeds
  /** A device was lost. */
  readonly lost?: boolean
}

/** Runs a race, one racer after the other. Undefined if `stopped` is true meanwhile. */
export async function race(
  racers: Readonly<Record<Racer, Backend>>,
  spec: Spec,
  data: Data,
  stopped: () => boolean,
): Promise<RaceResult | undefined> {
  const speeds = { webgpu: 0, wasm: 0 }
  let whole = false
  for (const racer of ['webgpu', 'wasm'] as const) {
    try {
      const backend = racers[racer]
      const usual = await speedOf(backend, spec, data, formOn(backend), stopped)
      const inOne =
        racer === 'webgpu' && canBeWhole(spec)
          ? await speedOf(backend, spec, data, formOn(backend, true), stopped).catch(unlessLost)
          : 0
      if (usual === undefined || inOne === undefined) return undefined
      speeds[racer] = Math.max(usual, inOne)
      whole ||= inOne > usual
    } catch (error) {
      // Or it has not the memory.
      return { winner: racer === 'webgpu' ? 'wasm' : 'webgpu', lost: error instanceof DeviceLostError }
    }
  }
  return { winner: fasterOf(speeds), speeds: { ...speeds, ...(whole && { whole }) } }
}

/** The speed of a form of steps that failed. @throws DeviceLostError */
function unlessLost(error: unknown): number {
  if (error instanceof DeviceLostError) throw error
  return 0
}

/** Examples a second of a backend. @throws what Backend.prepare throws, or DeviceLostError */
async function speedOf(
  backend: Backend,
  spec: Spec,
  data: Data,
  form: StepForm,
  stopped: () => boolean,
): Promise<number | undefined> {
  const model = compile(spec, data, { form })
  const { plan, buffers } = model
  const contents = initialContents(model, data.statistics)
  const written = [...contents.map(([buffer]) => buffer), buffers.history]
  const program = await backend.prepare(onlyList(plan, 'train', written))
  try {
    fill(program, contents)
    // Learning rates stay zero: a network that learnt could blow up meanwhile.
    const steps = await stepsPerSecond(program, buffers.history, stopped)
    return steps === undefined ? undefined : steps * spec.batchSize
  } finally {
    program.dispose()
  }
}

/**
 * Training steps a second, in pieces as a run submits them. What runs first does not count: a GPU ends compiling and raises its clock, and
 * WebAssembly is optimised. 0 for a CPU that has not ended a step after PATIENCE. Undefined if `stopped` is true meanwhile.
 * @throws DeviceLostError
 */
export async function stepsPerSecond(
  program: Pick<Program<RunList>, 'run' | 'calls' | 'read'>,
  history: Buffer,
  stopped: () => boolean,
): Promise<number | undefined> {
  const calls = program.calls?.('train')
  if (calls) {
    const first = await timeOf(calls, stopped)
    if (first === undefined) return stopped() ? undefined : 0
    if (first > BUDGET) {
      const second = (await timeOf(calls, stopped)) ?? first
      return stopped() ? undefined : 1000 / Math.min(first, second)
    }
  } else program.run('train', 1)

  const answer = () => program.read(history, 0, 2)
  const trip = new RoundTrip()
  await trip.measure(answer)
  const [pace, flight] = [new Pace(trip, HISTORY_SLOTS), new Flight(trip)]
  const start = performance.now()
  /** Since when pieces count, which is once they have grown and a few have run; and when the last result came. */
  let [since, last, warm] = [start + trip.time, start, false]
  const take = (submitted: number, size: number) => {
    last = performance.now()
    pace.done(last, submitted, size)
    const warms = !warm && last - since >= RUN_IN && last - start < PATIENCE / 2
    if (warms) {
      warm = true
      pace.forget()
    }
    if (warms || pace.size >= GROWTH * size) since = last
  }
  pace.mark(start)
  while (!stopped() && last - since < BUDGET && last - start < PATIENCE) {
    const [submitted, size] = [performance.now(), pace.size]
    program.run('train', size)
    flight.add(
      pace.timeOf(size),
      answer().then(() => take(submitted, size)),
    )
    while (flight.full) await flight.oldest()
    await macrotask()
  }
  await flight.drain()
  return stopped() ? undefined : 1000 / pace.timeOf(1)
}

/** Milliseconds of a step on a CPU. Undefined if it was stopped, or took longer than PATIENCE. */
async function timeOf(calls: readonly (() => void)[], stopped: () => boolean): Promise<number | undefined> {
  const start = performance.now()
  const time = () => performance.now() - start
  return (await runInTurns(calls, () => stopped() || time() > PATIENCE)) ? time() : undefined
}

/** A race in sentences: `Your GPU trains 1.2 million images a second here, your processor 0.3 million. So the GPU trains this network.` */
export function tellRace(speeds: Speeds, spec: Spec): string {
  const examples = datasetOf(spec).input.kind === 'image' ? 'images' : 'examples'
  const slow = `; your processor needs more than ${PATIENCE / 1000} s for a batch`
  const other = speeds.wasm > 0 ? `, your processor ${rounded(speeds.wasm)}` : slow
  const winner = fasterOf(speeds) === 'webgpu' ? 'GPU' : 'processor'
  const measured = `Your GPU trains ${rounded(speeds.webgpu)} ${examples} a second here${other}.`
  return `${measured} So the ${winner} trains this network.`
}

/** Two digits of a number: `1.2 million`, `0.25 million`, `38,000`. */
function rounded(count: number): string {
  const two = Number(count.toPrecision(2))
  return two >= 1e5 ? `${two / 1e6} million` : two.toLocaleString('en')
}
