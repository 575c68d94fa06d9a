// What answers one kind of question about the run.

import type { DeviceHost } from '../device'
import type { Present } from '../present'
import type { InspectionKind, Inspections } from '../protocol'

/** What an inspector may look at. */
export interface Scene {
  /** The run, where there is one and its device still answers. */
  readonly run: Present | undefined
  readonly host: DeviceHost
  /** Of the moment of the question: aborts when data should not be loaded for it any more. */
  readonly signal: AbortSignal
}

export interface Inspector<Kind extends InspectionKind> {
  /** Undefined where there is nothing to look at. @throws RequestError where the request cannot be meant */
  inspect(scene: Scene, ...request: Parameters<Inspections[Kind]>): Promise<ReturnType<Inspections[Kind]> | undefined>
  /** Frees what it keeps on the device; it can be asked again. */
  close?(): void
}

/** A row of the table of inspectors: loads the code at the first question. */
export class Row<Kind extends InspectionKind> {
  #inspector: Inspector<Kind> | undefined

  /** `nothing`: the answer where there is nothing to look at, and after trouble. */
  constructor(
    readonly nothing: ReturnType<Inspections[Kind]>,
    private readonly load: () => Promise<Inspector<Kind>>,
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

/** A row of an inspector that looks at the run and keeps nothing. */
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
