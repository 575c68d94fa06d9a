// Options of `npm run bench`.

import { parse } from '../../src/cli/options'
import { UsageError } from '../../src/cli/errors'
import { presets } from '../../src/model/presets'
import { backendNames, peerNames } from './contestants'
import type { Timing } from './page/timing'
import { sections, type SectionName } from './sections'
import { workloadNames, workloads, type WorkloadName } from './workloads'

export const help = `Measures Inkling beside other libraries, in one Chromium, and the built page.

  npm run bench -- [options]

  --only LIST        sections: ${sections.map(({ name }) => name).join(', ')} (size comes with start); all unless given
  --workloads LIST   ${workloadNames.join(', ')}; all unless given (accuracy: W3 and W4)
  --backends LIST    Inkling's: ${backendNames.join(', ')}; all unless given
  --peers LIST       ${peerNames.join(', ')}, or none; all unless given
  --presets LIST     presets that the section page trains; default and best-in-a-minute unless given
  --seconds N        of a repeat; 2 unless given
  --repeats N        3 unless given
  --patience N       seconds until a run to an accuracy is given up; 60 unless given
  --limit N          seconds until any other measurement is given up; 240 unless given
  --software         WebGPU in software, also where there is a graphics processor
  --json FILE        writes every repeat of everything as JSON
  --profile          instead: time, GFLOP/s and GB/s of every kernel of a training step beside the device's measured ceilings
  --plan             instead: what a training step asks of a graphics processor, call by call, without any device
  --node             instead: kernel tests, training and kernels without a browser, through the npm package webgpu (Dawn) on the
                     Vulkan driver of the machine; it has options of its own: --node --help
  --pack DIR         instead: makes a folder of less than 60 MB that does the same on another Linux machine: DIR/run there
  --help             prints this

Workloads:
${workloadNames.map((name) => `  ${name}  ${workloads[name].title}`).join('\n')}`

export interface Options extends Timing {
  readonly mode: 'help' | 'compare' | 'profile' | 'plan' | 'pack'
  readonly sections: readonly SectionName[]
  readonly workloads: readonly WorkloadName[]
  /** Workloads that are trained to accuracies. */
  readonly accuracyWorkloads: readonly WorkloadName[]
  /** Names of contestants, Inkling's and others. */
  readonly backends: readonly string[]
  readonly peers: readonly string[]
  readonly presets: readonly string[]
  readonly patience: number
  readonly limit: number
  readonly software: boolean
  readonly json: string | undefined
  /** The folder to make. */
  readonly pack: string | undefined
}

/** @throws UsageError */
export function optionsOf(args: string[]): Options {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const given = parse(args, {
    only: text,
    workloads: text,
    backends: text,
    peers: text,
    presets: { ...text, default: 'default,best-in-a-minute' },
    seconds: { ...text, default: '2' },
    repeats: { ...text, default: '3' },
    patience: { ...text, default: '60' },
    limit: { ...text, default: '240' },
    software: flag,
    json: text,
    profile: flag,
    plan: flag,
    pack: text,
    help: flag,
  })
  if ([given.profile, given.plan, given.pack !== undefined].filter(Boolean).length > 1) {
    throw new UsageError('--profile, --plan and --pack do different things: give one of them.')
  }
  const sectionNames = sections.map(({ name }) => name)
  return {
    mode: given.help
      ? 'help'
      : given.pack !== undefined
        ? 'pack'
        : given.profile
          ? 'profile'
          : given.plan
            ? 'plan'
            : 'compare',
    sections: listOf('only', given.only, sectionNames),
    workloads: listOf('workloads', given.workloads, workloadNames),
    accuracyWorkloads: given.workloads ? listOf('workloads', given.workloads, workloadNames) : ['W3', 'W4'],
    backends: listOf('backends', given.backends, backendNames),
    peers: given.peers === 'none' ? [] : listOf('peers', given.peers, peerNames),
    presets: listOf(
      'presets',
      given.presets,
      presets.map(({ name }) => name),
    ),
    seconds: numberOf('seconds', given.seconds),
    repeats: Math.ceil(numberOf('repeats', given.repeats)),
    patience: numberOf('patience', given.patience),
    limit: numberOf('limit', given.limit),
    software: given.software,
    json: given.json,
    pack: given.pack,
  }
}

/** The names of a comma-separated list, in the order of all; all of them where none is given. @throws UsageError */
export function listOf<T extends string>(option: string, text: string | undefined, all: readonly T[]): readonly T[] {
  if (text === undefined) return all
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !all.some((known) => known === name))
  if (unknown === undefined) return all.filter((known) => names.includes(known))
  throw new UsageError(`--${option} does not know "${unknown}". It takes a list of ${all.join(', ')}.`)
}

/** @throws UsageError */
function numberOf(option: string, text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && number > 0 && number < 1e6) return number
  throw new UsageError(`--${option} must be a number above 0, not "${text}".`)
}
