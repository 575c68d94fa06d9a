// Records the page's run among the past runs while it trains.

import type { SessionEvent } from '../../session/protocol'
import type { RunView } from '../../session/run-view'
import type { LiveRun } from '../run/live-run.svelte'
import type { Runs } from './runs.svelte'

export class Recording {
  constructor(
    private readonly run: LiveRun,
    private readonly runs: Runs,
  ) {}

  /** `before`: the view before the event. */
  heard(event: SessionEvent, before: RunView): void {
    const evaluated = event.type === 'test' || event.type === 'validation'
    const turned = event.type === 'progress' && event.progress.phase !== before.progress.phase
    if (evaluated || turned) this.write()
  }

  /** Notes a fine-tuning of the present network, or that the last one was undone. */
  fineTuned(stands: boolean): void {
    this.runs.fineTuned(stands)
    this.write()
  }

  write(): void {
    const { spec, device, progress, stepsPerEpoch, curves } = this.run.view
    if (spec && device) this.runs.keep({ spec, device: device.info, progress, stepsPerEpoch, curves })
  }
}
