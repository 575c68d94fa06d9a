// Keeps the drawing on the pad under a label. Asks once where a good network is sure of another digit.

import type { Stroke } from '../../data/drawing'
import { TRUSTED, verdict } from '../../model/verdict'
import { oneOf } from '../../ui/class-words'
import { formatCertainty } from '../../ui/format'
import type { Drawing } from '../drawing/drawing.svelte'
import type { LiveRun } from '../run/live-run.svelte'
import type { TaughtDrawings } from './taught-drawings.svelte'

interface Question {
  readonly strokes: readonly Stroke[]
  readonly label: number
  readonly text: string
}

interface Parts {
  readonly taught: Pick<TaughtDrawings, 'keep' | 'labelOf'>
  readonly drawing: Pick<Drawing, 'strokes' | 'prediction' | 'dataset'>
  readonly run: Pick<LiveRun, 'spec' | 'testAccuracy'>
}

export class Keeping {
  #asked = $state.raw<Question>()
  /** What to confirm before the drawing on the pad is kept. */
  readonly question = $derived.by(() =>
    this.#asked?.strokes === this.#parts.drawing.strokes ? this.#asked : undefined,
  )

  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Keeps the drawing on the pad, or asks first. */
  async keep(label: number): Promise<void> {
    const { taught, drawing } = this.#parts
    const { strokes } = drawing
    const text = taught.labelOf(strokes) === undefined ? this.#doubt(label) : undefined
    this.#asked = text === undefined ? undefined : { strokes, label, text }
    if (text === undefined) await taught.keep(strokes, label)
  }

  /** Keeps the drawing of the question. */
  async confirm(): Promise<void> {
    const { question } = this
    this.cancel()
    if (question) await this.#parts.taught.keep(question.strokes, question.label)
  }

  cancel(): void {
    this.#asked = undefined
  }

  /** The question for a network that is sure of another digit. */
  #doubt(label: number): string | undefined {
    const { drawing, run } = this.#parts
    const { prediction, dataset } = drawing
    if (!run.spec || !prediction || prediction.label === label || (run.testAccuracy ?? 0) < TRUSTED) return undefined
    const judged = verdict(prediction, run.spec)
    if (judged.kind !== 'class' || !judged.sure) return undefined
    const sure = judged.probability === undefined ? 'sure' : `${formatCertainty(judged.probability)} sure`
    return `The network is ${sure} that this is ${oneOf(dataset, prediction.label)}. Keep it as ${oneOf(dataset, label)}?`
  }
}
