// The inner loop of the references' matrix products.

import type { Floats } from './kernel'

/**
 * into[at + j] += x * values[from + j] for `count` values, a multiple of four: rows are padded to whole blocks. Four at a time
 * makes a convolution 2.2 to 2.8 times as fast in Node 20 (1.6 to 2.0 against 4.5 GFLOP/s, half of the inputs zero).
 */
export function addScaled(into: Floats, at: number, x: number, values: Floats, from: number, count: number): void {
  for (let j = 0; j < count; j += 4) {
    into[at + j] += x * values[from + j]
    into[at + j + 1] += x * values[from + j + 1]
    into[at + j + 2] += x * values[from + j + 2]
    into[at + j + 3] += x * values[from + j + 3]
  }
}
