// Snapshots of a run: reads them from its program, keeps the newest finite one, and copies them for others.

import { datasetOf } from '../datasets'
import { chanceLevel } from '../datasets/dataset'
import type { Program } from '../backends/types'
import type { Model } from '../model/compile'
import type { InputStatistics } from '../model/initialise'
import { readSnapshotValues } from './contents'
import { DivergenceGuard, isFiniteSnapshot } from './divergence-guard'
import type { Evaluations } from './evaluations'
import type { Snapshot } from './protocol'

/** State of a run at the moment its snapshot is read. */
export interface SnapshotTime {
  /** Steps submitted. */
  readonly step: number
  /** Seconds trained so far. */
  readonly seconds: number
}

export class Snapshots {
  /** Keeps the newest finite one, and what finding a breakdown needs. */
  readonly guard: DivergenceGuard

  constructor(
    private readonly program: Program,
    private readonly model: Model,
    private readonly evaluations: Evaluations,
    private readonly statistics: InputStatistics | undefined,
  ) {
    this.guard = new DivergenceGuard(chanceLevel(datasetOf(model.spec)))
  }

  /** Reads a snapshot; all reads begin in one task. @throws DeviceLostError */
  async read({ step, seconds }: SnapshotTime): Promise<Snapshot> {
    const standing = this.evaluations.standingAt(step)
    const buffers = await readSnapshotValues(this.program, this.model)
    const { statistics } = this
    return { step, seconds, evaluation: standing(), buffers, ...(statistics && { statistics }) }
  }

  /** Reads a snapshot, and keeps it if all its values are finite. @throws DeviceLostError */
  async take(at: SnapshotTime): Promise<Snapshot> {
    const snapshot = await this.read(at)
    if (isFiniteSnapshot(snapshot)) this.guard.keep(snapshot)
    return snapshot
  }

  /**
   * Reads a snapshot for the caller; the kept one stays. Once a value is not finite, returns a copy of the kept one.
   * @throws DeviceLostError
   */
  async give(at: SnapshotTime): Promise<Snapshot> {
    const snapshot = await this.read(at)
    const { snapshot: good, broken } = this.guard
    if (!good || (!broken && isFiniteSnapshot(snapshot))) return snapshot
    return { ...good, buffers: good.buffers.map((values) => values.slice()) }
  }
}
