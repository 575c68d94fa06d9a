// Makes a run on the backend that Auto takes for it.

import type { Spec } from '../model/spec'
import type { Chosen } from './auto'
import type { Data } from './data'
import type { DeviceHost } from './device'
import type { RequestTime } from './requests'
import { Trainer, type Listener, type Snapshot } from './trainer'

/** A run, and the backend that it is on: the present one, or one that is to take its place. */
interface MadeRun {
  readonly trainer: Trainer
  readonly on: Chosen
}

/** `present`: the present backend, which takes the run where there is no choice or the other fails. @throws what Backend.prepare throws */
export async function makeRun(
  host: DeviceHost,
  present: Chosen,
  spec: Spec,
  data: Data,
  listener: Listener,
  moment: RequestTime,
  snapshot?: Snapshot,
): Promise<MadeRun> {
  const trainerOn = ({ backend }: Chosen, whole: boolean) =>
    Trainer.create(backend, spec, data, listener, snapshot, whole)
  const create = async (on: Chosen): Promise<MadeRun> => ({
    on,
    // A driver that has changed since the race may refuse whole steps.
    trainer: await (on.whole ? trainerOn(on, true).catch(() => trainerOn(on, false)) : trainerOn(on, false)),
  })
  const on = (await host.backendFor(spec, data, moment)) ?? present
  if (!on.data) return create(on)
  try {
    return await create(on)
  } catch {
    on.backend.dispose()
    return create({ ...present, reason: host.avoid(on.backend.info.kind, spec) })
  }
}

/** Frees a run that nobody wants any more. */
export function discardRun({ trainer, on }: MadeRun): void {
  trainer.dispose()
  if (on.data) on.backend.dispose()
}
