// Where and when something was measured.

import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What a measurement depends on, beside the program. */
export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  /** GB */
  readonly memory: number
  /** Load of the last minute before the run began; what else ran took its part of the cores. */
  readonly load: number
  readonly node: string
  readonly browser: string | undefined
  readonly adapter: string
}

export function machineOf(browser: string | undefined, adapter: string): Machine {
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 1e9),
    load: loadavg()[0],
    node: process.versions.node,
    browser,
    adapter,
  }
}

export function machineLine({ date, cpu, cores, memory, load, node, browser, adapter }: Machine): string {
  const place = browser === undefined ? `Node ${node}` : `Chromium ${browser}`
  return `Measured on ${date} UTC: ${cpu}, ${cores} cores, ${memory} GB, load ${load.toFixed(1)} before; ${place}; WebGPU adapter: ${adapter}.`
}
