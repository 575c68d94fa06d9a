// Snapshots of a run: read from its program, kept while they are finite, given away.

import { datasetOf } from '../datasets'
import { chanceLevel } from '../datasets/dataset'
import type { Program } from '../backends/types'
import type { Model } from '../model/compile'
import { readSnapshotValues } from './contents'
import { DivergenceGuard, isFiniteSnapshot } from './divergence-guard'
import type { Evaluations } from './evaluations'
import type { Snapshot } from './protocol'

/** Where a run stands when a snapshot of it is read. */
export interface SnapshotTime {
  /** Steps submitted. */
  readonly step: number
  /** Trained so far. */
  readonly seconds: number
}

export class Snapshots {
  /** Keeps the last good one, and what it takes to find where a run broke. */
  readonly guard: DivergenceGuard

  constructor(
    private readonly program: Program,
    private readonly model: Model,
    private readonly evaluations: Evaluations,
  ) {
    this.guard = new DivergenceGuard(chanceLevel(datasetOf(model.spec)))
  }

  /** Reads one; all reads begin in one task. @throws DeviceLostError */
  async read({ step, seconds }: SnapshotTime): Promise<Snapshot> {
    const standing = this.evaluations.standingAt(step)
    const buffers = await readSnapshotValues(this.program, this.model)
    return { step, seconds, evaluation: standing(), buffers }
  }

  /** Reads one and keeps it if all in it is finite. @throws DeviceLostError */
  async take(at: SnapshotTime): Promise<Snapshot> {
    const snapshot = await this.read(at)
    if (isFiniteSnapshot(snapshot)) this.guard.keep(snapshot)
    return snapshot
  }

  /**
   * One to give away, which leaves the last good one where it is; a copy of that one where something is not finite any more.
   * @throws DeviceLostError
   */
  async give(at: SnapshotTime): Promise<Snapshot> {
    const snapshot = await this.read(at)
    const { snapshot: good, broken } = this.guard
    if (!good || (!broken && isFiniteSnapshot(snapshot))) return snapshot
    return { ...good, buffers: good.buffers.map((values) => values.slice()) }
  }
}
