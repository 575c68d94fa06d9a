// Checkpoints of the page's run: takes them, and replaces the run by others or by networks of files.

import { datasetOf, ownDatasets } from '../../datasets'
import type { Network } from '../../formats/network'
import type { Spec } from '../../model/spec'
import type { Checkpoint, Session, SessionEvent } from '../../session/protocol'
import { upTo } from '../../session/run-view'
import { formatCount } from '../../ui/format'
import type { DeviceControl } from '../run/device.svelte'
import type { LiveRun } from '../run/live-run.svelte'
import type { Making } from '../run/making.svelte'
import type { SavedRun } from './checkpoint-store'
import type { Runs } from './runs.svelte'

interface Parts {
  readonly session: Pick<Session, 'checkpoint' | 'restore' | 'load' | 'startFrom' | 'addDataset'>
  readonly run: LiveRun
  readonly device: Pick<DeviceControl, 'open'>
  readonly making: Making
  readonly runs: Runs
}

export class Checkpoints {
  /** The saved run that is being restored. */
  #arriving: SavedRun | undefined

  constructor(private readonly parts: Parts) {
    // A draft may be made of a past run's spec.
    parts.runs.came = () => ownDatasets().forEach((dataset) => void parts.session.addDataset(dataset))
  }

  /** Takes a checkpoint with its curves; training goes on. Undefined without a run. */
  async take(): Promise<SavedRun | undefined> {
    const { session, run, runs } = this.parts
    const { number } = run.view
    const checkpoint = await session.checkpoint()
    if (!checkpoint || number !== run.view.number) return undefined
    const curves = upTo(run.view.curves, checkpoint.snapshot.step)
    return { checkpoint, steps: run.progress.steps, curves, record: runs.start }
  }

  /** Replaces the run by a saved one, paused. False if it does not fit, which the worker reports. */
  async restore(saved: SavedRun): Promise<boolean> {
    const { session, making } = this.parts
    await this.#prepare(saved.checkpoint.spec)
    this.#arriving = saved
    const restored = await making.during(session.restore(saved.checkpoint))
    if (!restored) this.#arriving = undefined
    return restored
  }

  /** Makes a fresh run that starts from a network. False if that failed, which the worker reports. */
  async load({ spec, learnt, statistics }: Network): Promise<boolean> {
    await this.#prepare(spec)
    return this.parts.making.during(this.parts.session.load(spec, learnt, statistics))
  }

  /** Makes a fresh run whose first layers start from a network that has learnt. How many do; undefined as with `restore`. */
  async startFrom(spec: Spec, from: Checkpoint): Promise<number | undefined> {
    await this.#prepare(spec, from.spec)
    return this.parts.making.during(this.parts.session.startFrom(spec, from))
  }

  /** Starts the record of a run, or continues that of a saved one, with its curves. */
  heard(event: SessionEvent): void {
    if (event.type !== 'reset') return
    const { run, runs } = this.parts
    const { origin, spec, step } = event
    switch (origin) {
      case 'fresh':
        return runs.begin(spec)
      case 'recovery':
        // A saved run at step 0 without curves or record is like a fresh one.
        if (step === 0 && runs.start?.notes.length === 0) runs.begin(spec)
        return
      case 'file':
        runs.begin(spec)
        runs.note('started from a file')
        return
      case 'transfer':
        runs.begin(spec)
        runs.note('started from layers of another network')
        return
      case 'checkpoint': {
        const arriving = this.#arriving
        this.#arriving = undefined
        if (arriving) run.bring(arriving.curves)
        runs.begin(spec, arriving?.record)
        if (!arriving?.record) runs.note(`resumed from step ${formatCount(step)}`)
      }
    }
  }

  /** Opens a device again after the data failed, and tells the worker of data sets that a file or an earlier visit may have brought. */
  async #prepare(...specs: readonly Spec[]): Promise<void> {
    const { session, run, device } = this.parts
    if (run.dataFailed) await device.open()
    for (const dataset of specs.map(datasetOf)) if (dataset.own) await session.addDataset(dataset)
  }
}
