// Fine-tuning of the present network, and its undo.

import type { Learnt } from '../model/parameters'
import type { Present } from './present'
import type { FineTuning, LabelledDrawing } from './protocol'

export class FineTuner {
  /** The network before its last fine-tuning. */
  #untuned: Learnt | undefined

  /** Pauses the run and tunes its network. Undefined without drawings. @throws what fineTune throws: the network then is unchanged */
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

  /** Pauses the run and restores the network before the last tuning. False if there is none. */
  async undo({ trainer }: Present): Promise<boolean> {
    const before = this.#untuned
    if (!before) return false
    await trainer.pause()
    await trainer.replace(before)
    this.#untuned = undefined
    return true
  }

  /** Forgets the network before: the run trains on, or another one replaces it. */
  forget(): void {
    this.#untuned = undefined
  }
}
