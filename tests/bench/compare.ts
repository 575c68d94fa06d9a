// Everyone on the same work, one measurement after the other, each in a page of its own.

import { Measuring, Overdue, serve, type Site } from './browser'
import { contestants, type BrowserContestant, type Contestant } from './contestants'
import type { Options } from './options'
import { GOALS, type Task } from './page/task'
import { measureProduct } from './product'
import { measurePython } from './python'
import { sections, type Measurement } from './sections'
import { figure } from './report'
import { median } from './statistics'
import type { WorkloadName } from './workloads'

/** Sections that are measured workload by workload on every contestant, and those that Python runs too. */
const common = ['train', 'evaluate', 'latency', 'start', 'accuracy'] as const
type Common = (typeof common)[number]
const inPython: readonly Common[] = ['train', 'evaluate', 'latency']

/** Port of the built page; the measuring page has the one above. */
export const PORT = 47_921

/** Measures what the options ask for; `heard` gets everything so far after each measurement, for runs that are cut short. */
export async function compare(
  measuring: Measuring,
  options: Options,
  heard: (measurements: readonly Measurement[]) => void,
): Promise<readonly Measurement[]> {
  const all: Measurement[] = []
  const told = (measurement: Measurement) => {
    all.push(measurement)
    heard(all)
    const { section, row, column, values, error } = measurement
    const { unit } = sections.find(({ name }) => name === section)!
    console.error(`${section}  ${row}  ${column}: ${error ?? `${figure(median(values))} ${unit}`.trim()}`)
  }
  const chosen = contestants.filter(({ name }) => options.backends.includes(name) || options.peers.includes(name))
  /** Contestants that answered, and those that never did in all the time that they had. */
  const [answered, silent] = [new Set<Contestant>(), new Set<Contestant>()]
  for (const section of common) {
    if (!options.sections.includes(section) && !(section === 'start' && options.sections.includes('size'))) continue
    const workloads = section === 'accuracy' ? options.accuracyWorkloads : options.workloads
    for (const contestant of chosen) {
      for (const workload of workloads) {
        if (silent.has(contestant)) continue
        const outcome = await measureOne(measuring, options, contestant, section, workload, told)
        if (outcome === 'answered') answered.add(contestant)
        if (outcome === 'overdue' && !answered.has(contestant)) {
          silent.add(contestant)
          console.error(`${contestant.title} did not answer, and is left out from here on.`)
        }
      }
    }
  }
  if (options.sections.includes('page')) {
    const site = await serve('vite.config.ts', PORT)
    for (const backend of options.backends) await measureProduct(measuring, site, backend, options, told)
    await site.close()
  }
  return all
}

/** Measures one contestant, and tells of it. */
async function measureOne(
  measuring: Measuring,
  { seconds, repeats, patience, limit }: Options,
  contestant: Contestant,
  section: Common,
  workload: WorkloadName,
  told: (measurement: Measurement) => void,
): Promise<'answered' | 'overdue' | 'failed'> {
  if (contestant.kind === 'python' && !inPython.includes(section)) return 'failed'
  const place = { section, row: contestant.title, column: workload }
  console.error(`${section}  ${contestant.title}  ${workload} ...`)
  try {
    if (contestant.kind === 'python') {
      told({ ...place, ...(await measurePython(contestant, { workload, section, seconds, repeats }, limit)) })
      return 'answered'
    }
    const { library, backend } = contestant
    const task: Task = { section, library, backend, workload, seconds, repeats, patience }
    if (section === 'start') await start(measuring, task, contestant, limit, told)
    else if (section === 'accuracy') await accuracy(measuring, task, contestant, limit, told)
    else told({ ...place, ...(await measuring.measure(task, limit)) })
    return 'answered'
  } catch (error) {
    told({ ...place, values: [], error: reason(error) })
    return error instanceof Overdue ? 'overdue' : 'failed'
  }
}

/** The first line of an error, without what Playwright puts before it. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message
    .split('\n')[0]
    .replace(/^page\.evaluate: /, '')
    .replace(/^Error: /, '')
}

/** Several page loads, and what they load. */
async function start(
  measuring: Measuring,
  task: Task,
  { title: row }: BrowserContestant,
  limit: number,
  told: (measurement: Measurement) => void,
): Promise<void> {
  const values: number[] = []
  const { site } = measuring
  let loaded: Awaited<ReturnType<Site['loaded']>> | undefined
  while (values.length < task.repeats) {
    await site.loaded()
    values.push(...(await measuring.measure(task, limit)).values)
    loaded ??= await site.loaded()
  }
  told({ section: 'start', row, column: task.workload, values })
  if (!loaded) return
  const size = (kind: string, value: number) =>
    told({ section: 'size', row, column: `${task.workload}, ${kind}`, values: [value] })
  size('JavaScript', loaded.javascript)
  size('with WebAssembly', loaded.javascript + loaded.webassembly)
}

/** One run; the seconds to every goal that it reaches. */
async function accuracy(
  measuring: Measuring,
  task: Task,
  { title: row }: BrowserContestant,
  limit: number,
  told: (measurement: Measurement) => void,
): Promise<void> {
  const { values, device } = await measuring.measure(task, task.patience + limit)
  GOALS.forEach((goal, i) => {
    const place = { section: 'accuracy', row, column: `${task.workload} ${goal}%`, device } as const
    const reached = values[i]
    if (reached !== undefined) told({ ...place, values: [reached] })
    else told({ ...place, values: [], error: `not within ${task.patience} s` })
  })
}
