// A network's answers for the test set: outputs, read batch by batch in a pass, as classes and confidences.

import type { Program } from '../backends/types'
import type { Evaluation } from '../model/compile'
import { answerOf } from '../model/outputs'
import type { Loss } from '../model/spec'
import { pad4 } from '../kernels/kernel'
import { NO_ANSWER, type TestResults } from './protocol'

/** The answers of one pass. The pass begins with the first example when this is constructed. */
export class TestReadings {
  /** Complete when every `take` has resolved. */
  readonly results: TestResults
  #batches = 0

  /** `step`: the one whose parameters the pass uses. */
  constructor(
    private readonly program: Program,
    private readonly test: Evaluation,
    private readonly loss: Loss,
    step: number,
  ) {
    program.write(test.state, Uint32Array.of(0))
    this.results = {
      step,
      labels: new Uint8Array(test.count),
      predicted: new Uint8Array(test.count),
      confidence: new Float32Array(test.count),
      probabilities: loss === 'cross-entropy',
    }
  }

  /** Reads the batch that was submitted last; call it in the same task. @throws DeviceLostError */
  async take(): Promise<void> {
    const { rows, count, outputs, targets } = this.test
    const classes = outputs.shape[1]
    const stride = pad4(classes)
    const first = rows * this.#batches++
    const [values, labels] = await Promise.all([this.program.read(outputs), this.program.read(targets)])
    const { results } = this
    for (let row = 0; row < Math.min(rows, count - first); row++) {
      const answer = answerOf(values.subarray(row * stride, row * stride + classes), this.loss)
      results.labels[first + row] = labels[row]
      results.predicted[first + row] = answer?.label ?? NO_ANSWER
      results.confidence[first + row] = answer?.confidence ?? 0
    }
  }
}
