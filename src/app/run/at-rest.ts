// Where a run stands before it is heard of.

import type { Progress } from '../../session/protocol'

/** No run, or one at step 0. */
export const atRest: Progress = {
  phase: 'idle',
  step: 0,
  steps: 0,
  epoch: 0,
  imagesPerSecond: 0,
  seconds: 0,
  secondsLeft: undefined,
}
