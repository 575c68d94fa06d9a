// What a training step asks of a graphics processor: dispatches, workgroups, loops, arithmetic and bytes of every call, by arithmetic.

import { hardwareVariants, worthTiming } from '../../src/backends/candidates'
import { specialise } from '../../src/backends/webgpu-pipelines'
import type { Constants, Variant } from '../../src/kernels/kernel'
import type { Call } from '../../src/kernels/plan'
import { fashionMnist } from '../../src/datasets/fashion-mnist'
import { compile, type StepForm } from '../../src/model/compile'
import { findPreset, presets } from '../../src/model/presets'
import type { Spec } from '../../src/model/spec'
import { canBeWhole } from '../../src/model/whole'
import { bytesOf, sizeOf } from './page/profile'
import { figure, markdown } from './report'
import { specOf, workloadNames, workloads } from './workloads'

/** What one variant asks for. */
export interface Candidate {
  readonly name: string
  readonly dispatches: number
  /** Of the larger pass, if there are two. */
  readonly workgroups: number
  readonly invocations: number
  /** Rounds of the longest loop of one invocation. */
  readonly rounds: number
}

/** A call of a training step, and the variants that a graphics processor chooses from. */
export interface PlannedCall {
  readonly kernel: string
  readonly size: string
  readonly flops: number
  readonly bytes: number
  readonly candidates: readonly Candidate[]
}

/** A network whose step is planned. */
export interface Planned {
  readonly name: string
  readonly spec: Spec
  readonly form: StepForm
}

const synthetic = { inputs: 'synthetic-images', labels: 'synthetic-labels', count: 16_384 }

/** Every preset for MNIST, the one for clothes, and the four networks that are measured; small ones also with whole steps. */
export const planned: readonly Planned[] = [
  ...workloadNames.map((name) => ({ name, spec: specOf(workloads[name]) })),
  ...[...presets, findPreset('fashion', fashionMnist)].flatMap((preset) => preset ?? []),
].flatMap(({ name, spec }): Planned[] => [
  { name, spec, form: 'fused' },
  ...(canBeWhole(spec) ? [{ name: `${name} whole`, spec, form: 'whole' } as const] : []),
])

/** The calls of a training step. */
export function callsOf({ spec, form }: Planned): PlannedCall[] {
  const data = { trainCount: 60_000, testCount: 10_000, synthetic }
  const { plan, parameters } = compile(spec, data, { form })
  return plan.lists.train.map((call) => ({
    kernel: call.kernel.name,
    size: sizeOf(call),
    flops: call.kernel.flops?.(call.constants) ?? 0,
    bytes: bytesOf(call, parameters),
    candidates: candidatesOf(call),
  }))
}

function candidatesOf(call: Call): Candidate[] {
  const { kernel, constants } = call
  const runnable = Object.keys(kernel.variants).filter((name) => !kernel.variants[name].subgroups)
  return worthTiming(call, runnable, hardwareVariants).map((name) => {
    const variant = kernel.variants[name]
    const code = specialise(kernel, variant, constants)
    const passes = [variant, variant.finish].flatMap((pass) => (pass ? [workgroupsOf(pass, constants)] : []))
    const sizes = [...code.matchAll(/@workgroup_size\(([^)]*)\)/g)].map(([, sides]) => sizeFrom(sides, code))
    return {
      name,
      dispatches: passes.length,
      workgroups: Math.max(...passes),
      invocations: Math.max(...passes.map((count, i) => count * sizes[i])),
      rounds: variant.rounds(constants),
    }
  })
}

const workgroupsOf = (pass: Pick<Variant, 'workgroups'>, constants: Constants): number =>
  pass.workgroups(constants).reduce<number>((product, count = 1) => product * count, 1)

/** Invocations of a workgroup from its sides, whose names are constants of the source. */
function sizeFrom(sides: string, code: string): number {
  return sides.split(/[,*]/).reduce((product, side) => {
    const name = side.trim()
    const value = /^\d/.test(name) ? name : new RegExp(`const ${name} = (\\d+)u;`).exec(code)?.[1]
    if (value === undefined) throw new Error(`The source does not say what ${name} is.`)
    return product * parseInt(value, 10)
  }, 1)
}

/** The most workgroups and the shortest loop that a call's variants offer. */
export const best = ({ candidates }: PlannedCall) => ({
  workgroups: Math.max(...candidates.map(({ workgroups }) => workgroups)),
  rounds: Math.min(...candidates.map(({ rounds }) => rounds)),
})

/** Floating-point operations of a call that should fill a device. */
export const LARGE = 2e6

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const whole = (value: number): string => value.toLocaleString('en')
const least = (values: readonly number[]): string => (values.length > 0 ? whole(Math.min(...values)) : '-')

/** A line for each network, then a table for each: calls by their variants. */
export function planReport(): string {
  const all = planned.map((each) => ({ ...each, calls: callsOf(each) }))
  const overview = all.map(({ name, spec, calls }) => [
    name,
    whole(spec.batchSize),
    whole(calls.length),
    least(calls.filter(({ flops }) => flops > LARGE).map((call) => best(call).workgroups)),
    whole(Math.max(...calls.flatMap(({ candidates }) => candidates.map(({ rounds }) => rounds)))),
    figure(sum(calls.map(({ flops }) => flops)) / 1e6),
    figure(sum(calls.map(({ bytes }) => bytes)) / 1e6),
  ])
  const head = ['network', 'batch', 'calls', 'fewest workgroups over 2 MFLOP', 'longest loop', 'MFLOP', 'MB']
  const tables = all.map(({ name, calls }) => `${name}, a step:\n\n${table(calls)}`)
  return [markdown([head, ...overview]), ...tables].join('\n\n')
}

function table(calls: readonly PlannedCall[]): string {
  const rows = calls.flatMap(({ kernel, size, flops, bytes, candidates }) =>
    candidates.map(({ name, dispatches, workgroups, invocations, rounds }, i) => [
      i === 0 ? `${kernel} ${size}` : '',
      name,
      whole(dispatches),
      whole(workgroups),
      whole(invocations),
      whole(rounds),
      i === 0 && flops > 0 ? figure(flops / 1e6) : '',
      i === 0 ? figure(bytes / 1e6) : '',
    ]),
  )
  return markdown([
    ['call', 'variant', 'dispatches', 'workgroups', 'invocations', 'longest loop', 'MFLOP', 'MB'],
    ...rows,
  ])
}
