// Ends a step as its last call: sums losses and hits, and counts the step: shaders/metrics.wgsl.

import { ceilDiv, kernel, shader } from './kernel'

/** Invocations that share the rows: one where they are few. */
const lanes = (rows: number) => (rows > 64 ? 64 : 1)

/** `losses`, `hits` [ROWS]; `history` [2 SLOTS]: sum of losses and of hits of the last SLOTS steps; `state` [step, seed]. */
export const metrics = kernel({
  name: 'metrics',
  constants: { ROWS: 'u32', SLOTS: 'u32' },
  bindings: { losses: 'read f32', hits: 'read f32', history: 'read-write f32', state: 'read-write u32' },
  variants: {
    // A barrier costs more than 64 loads one after the other: on a software adapter 60 us against 25.
    default: {
      wgsl: shader('metrics'),
      tile: ({ ROWS }) => ({ LANES: lanes(ROWS) }),
      workgroups: () => [1],
      rounds: ({ ROWS }) => Math.max(ceilDiv(ROWS, lanes(ROWS)), lanes(ROWS)),
    },
  },
  reference({ ROWS, SLOTS }, { losses, hits, history, state }) {
    let loss = 0
    let hit = 0
    for (let row = 0; row < ROWS; row++) {
      loss += losses[row]
      hit += hits[row]
    }
    const slot = state[0] % SLOTS
    history[2 * slot] = loss
    history[2 * slot + 1] = hit
    state[0]++
  },
})
