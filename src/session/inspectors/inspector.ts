// The interface of inspectors: each answers one kind of question about the run.

import type { DeviceHost } from '../device'
import type { Present } from '../present'
import type { InspectionKind, Inspections } from '../protocol'

/** What an inspector may use. */
export interface Scene {
  /** The run, if there is one and its device still answers. */
  readonly run: Present | undefined
  readonly host: DeviceHost
}

export interface Inspector<Kind extends InspectionKind> {
  /** Undefined if there is nothing to inspect. @throws RequestError if the request makes no sense */
  inspect(scene: Scene, ...request: Parameters<Inspections[Kind]>): Promise<ReturnType<Inspections[Kind]> | undefined>
  /** Frees what the inspector keeps on the device. It can be asked again. */
  close?(): void
}

/** A row of the table of inspectors. The first question loads its code. */
export class Row<Kind extends InspectionKind> {
  #inspector: Inspector<Kind> | undefined

  /**
   * `nothing`: the answer if there is nothing to inspect, and after an error. `before`: what may take long, done while other commands
   * run; it never rejects.
   */
  constructor(
    readonly nothing: ReturnType<Inspections[Kind]>,
    private readonly load: () => Promise<Inspector<Kind>>,
    readonly before?: (host: DeviceHost, ...request: Parameters<Inspections[Kind]>) => Promise<void>,
  ) {}

  async inspect(
    scene: Scene,
    ...request: Parameters<Inspections[Kind]>
  ): Promise<ReturnType<Inspections[Kind]> | undefined> {
    this.#inspector ??= await this.load()
    return this.#inspector.inspect(scene, ...request)
  }

  close(): void {
    this.#inspector?.close?.()
  }
}

/** A row of an inspector that keeps no state. */
export function ofRun<Kind extends InspectionKind>(
  nothing: ReturnType<Inspections[Kind]>,
  load: () => Promise<
    (run: Present, ...request: Parameters<Inspections[Kind]>) => Promise<ReturnType<Inspections[Kind]>>
  >,
): Row<Kind> {
  return new Row<Kind>(nothing, async () => {
    const answer = await load()
    return { inspect: async ({ run }, ...request) => run && answer(run, ...request) }
  })
}
