// The inspectors of a session, one row each.

import type { InspectionKind } from '../protocol'
import { ofRun, Row } from './inspector'

/** The table. A kind without a row does not compile. */
export type Inspectors = { readonly [Kind in InspectionKind]: Row<Kind> }

/** Makes the inspectors of one session. */
export const makeInspectors = (): Inspectors => ({
  calls: ofRun(undefined, async () => (await import('./calls')).callsOf),
  timeCalls: ofRun(undefined, async () => (await import('./calls')).timeCalls),
  parity: new Row(undefined, async () => (await import('./parity')).parityInspector),
  health: ofRun(undefined, async () => (await import('./health')).readHealth),
  look: new Row(undefined, async () => new (await import('./look')).Looker()),
  surface: new Row(undefined, async () => new (await import('./surface')).SurfaceReader()),
  walk: ofRun(undefined, async () => (await import('./walk')).walkThrough),
  samples: new Row(
    [],
    async () => (await import('./images')).samplesInspector,
    (host, { spec }) => host.look(spec),
  ),
  testImages: ofRun([], async () => (await import('./images')).testImages),
  pixelStatistics: ofRun(undefined, async () => (await import('./images')).pixelStatistics),
})
