// Fine-tuning of the present network, and the way back from the last one.

import type { Learnt } from '../model/parameters'
import type { Present } from './present'
import type { FineTuning, LabelledDrawing } from './protocol'

export class FineTuner {
  /** The network before its last fine-tuning. */
  #untuned: Learnt | undefined

  /** Pauses the run and tunes its network; undefined without drawings. @throws what fineTune throws: the network is then as it was */
  async tune({ trainer, backend }: Present, drawings: readonly LabelledDrawing[]): Promise<FineTuning | undefined> {
    if (drawings.length === 0) return undefined
    await trainer.pause()
    const untuned = await trainer.learnt()
    const accuracy = await trainer.testAccuracy()
    const { fineTune } = await import('./fine-tune')
    const outcome = await fineTune(backend, trainer.currentSpec, trainer.data, untuned, drawings)
    await trainer.replace(outcome.learnt)
    this.#untuned = untuned
    const { before, after, steps, seconds } = outcome
    return {
      before: { testAccuracy: accuracy, drawings: before },
      after: { testAccuracy: await trainer.testAccuracy(), drawings: after },
      steps,
      seconds,
    }
  }

  /** Pauses the run and brings back the network before the last tuning; false where there is nothing to bring back. */
  async undo({ trainer }: Present): Promise<boolean> {
    const before = this.#untuned
    if (!before) return false
    await trainer.pause()
    await trainer.replace(before)
    this.#untuned = undefined
    return true
  }

  /** The run goes on or is another: there is no way back any more. */
  forget(): void {
    this.#untuned = undefined
  }
}
