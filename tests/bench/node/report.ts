// What was measured without a browser, for people.

import { findPreset } from '../../../src/model/presets'
import { percent } from '../../../src/cli/lines'
import { ceilingsLine, figure, markdown, profileReport } from '../report'
import { summaryOf } from '../statistics'
import { workloadNames, workloads } from '../workloads'
import { goals, presetOf, type DeviceFacts, type GoalRun, type KernelTests, type PartResult } from './parts'

/** The result of a part, in a line. */
export function resultLine({ name, seconds, error, device, kernels, ceilings, training, run }: PartResult): string {
  const told = [
    device && device.adapter + (device.software ? ' (software)' : ''),
    kernels && verdict(kernels),
    ceilings && `${figure(ceilings.gigaflops)} GFLOP/s, ${figure(ceilings.gigabytes)} GB/s`,
    training && `${figure(summaryOf(training.values).median)} images/s`,
    run && (run.accuracy === null ? 'nothing evaluated' : `${percent(run.accuracy)} after ${figure(run.seconds)} s`),
    error && `FAILED: ${error}`,
  ]
  return `${name}: ${told.filter(Boolean).join(', ')} (${seconds.toFixed(0)} s)`
}

/** Whether all of it was measured and every kernel agrees. */
export const succeeded = ({ error, kernels }: PartResult): boolean =>
  error === undefined && (kernels?.failures.length ?? 0) === 0

/** All tables, and what failed. */
export function nodeReport(results: readonly PartResult[]): string {
  const find = <K extends keyof PartResult>(key: K) => results.flatMap((result) => result[key] ?? [])[0]
  const [device, kernels, ceilings] = [find('device'), find('kernels'), find('ceilings')]
  const failed = results.filter(({ error }) => error !== undefined)
  const sections = [
    device && deviceReport(device),
    kernels && kernelReport(kernels),
    ceilings && `## Ceilings\n\n${ceilingsLine(device?.adapter ?? 'this device', ceilings)}`,
    trainingReport(results, ceilings?.gigaflops),
    accuracyReport(results),
    ...results.map(({ name, training }) => {
      if (!training) return ''
      if (training.calls.length > 0) return profileReport(`Kernels of ${name}`, training.calls, ceilings)
      return `## Kernels of ${name}\n\nThey were not timed: this device has no clock for them, or timing failed.`
    }),
    failed.length > 0 && `## Failed\n\n${failed.map(({ name, error }) => `- ${name}: ${error}`).join('\n')}`,
  ]
  return sections.filter(Boolean).join('\n\n')
}

function deviceReport({ adapter, software, info, features, limits }: DeviceFacts): string {
  const facts = (of: object) =>
    Object.entries(of)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  return [
    `## Adapter`,
    `${adapter}${software ? ', in software' : ''}`,
    `- ${facts(info)}\n- features in use: ${features.join(', ') || 'none'}\n- ${facts(limits)}`,
  ].join('\n\n')
}

const verdict = ({ cases, failures }: KernelTests): string =>
  failures.length === 0 ? `all ${cases} cases agree` : `${failures.length} of ${cases} cases FAILED`

/** Failures that are printed; all are in the JSON. */
const SHOWN = 20

function kernelReport(tests: KernelTests): string {
  const { failures, leftOut } = tests
  const more = failures.length - SHOWN
  return [
    `## Kernels against their reference`,
    `Of kernels and variants, ${verdict(tests)}.${leftOut ? ` ${leftOut}` : ''}`,
    ...failures.slice(0, SHOWN).map((failure) => `- ${failure}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n\n')
}

function trainingReport(results: readonly PartResult[], peak: number | undefined): string {
  const rows = results.flatMap(({ name, training }) => {
    if (!training) return []
    const { median, min, max } = summaryOf(training.values)
    const gigaflops = (median * training.flops) / 1e9
    const share = peak ? `${figure((100 * gigaflops) / peak)}%` : ''
    return [[`${name} ${titleOf(name)}`, figure(median), `${figure(min)} to ${figure(max)}`, figure(gigaflops), share]]
  })
  if (rows.length === 0) return ''
  return `## Training\n\n${markdown([['network', 'images/s', 'range', 'GFLOP/s', 'of peak'], ...rows])}`
}

function titleOf(name: string): string {
  const [network, form] = name.split(' ')
  const workload = workloadNames.find((known) => known === network)
  const title = workload ? workloads[workload].title : (findPreset(network)?.title ?? '')
  return form ? `${title}, a step in one workgroup` : title
}

function accuracyReport(results: readonly PartResult[]): string {
  const rows = results.flatMap(({ name, run }) => (run ? [[presetOf(name), ...accuracyCells(run)]] : []))
  if (rows.length === 0) return ''
  const head = ['preset', ...goals.map((goal) => `s to ${goal}%`), 'reached', 'best', 'epochs', 's', 'images/s']
  return [
    '## Time to a test accuracy',
    markdown([head, ...rows]),
    'Seconds count from the first step; evaluations included. The data are there, and the kernels chosen.',
  ].join('\n\n')
}

function accuracyCells(run: GoalRun): string[] {
  const { reached, accuracy, bestAccuracy, epochs, seconds, imagesPerSecond, cut } = run
  return [
    ...reached.map((time) => (time === null ? '-' : figure(time))),
    ...[accuracy, bestAccuracy].map((share) => (share === null ? '-' : percent(share))),
    `${figure(epochs)}${cut ? ' (cut)' : ''}`,
    figure(seconds),
    figure(imagesPerSecond),
  ]
}
