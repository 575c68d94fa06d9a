// A drawing to fool the network with: what to draw, and what the network should take it for.

import type { Dataset } from '../../datasets/dataset'
import { classNoun, named, oneOf } from '../../ui/class-words'
import type { Drawing } from './drawing.svelte'

/** A class to draw, and the one that the network should take it for. */
export interface Fooling {
  readonly label: number
  readonly predicted: number
}

export class Challenge {
  /** What to draw; nothing where the network's common mistakes are not known. */
  fooling = $state.raw<Fooling>()
  /** Someone tries. */
  active = $state(false)

  /** `find`: the most common mistake of the present network; undefined for none. */
  constructor(
    private readonly drawing: Drawing,
    private readonly find: () => Promise<Fooling | undefined>,
  ) {}

  /** Makes room on the pad, which Undo takes back, and says what to try. */
  async begin(): Promise<void> {
    this.active = true
    this.fooling = undefined
    this.drawing.clear()
    const { dataset } = this.drawing
    const found = await this.find().catch(() => undefined)
    if (this.active && this.drawing.dataset === dataset) this.fooling = found
  }

  end(): void {
    this.active = false
  }
}

/** What to try, or what came of it. `answer`: the class that the network reads; undefined for an empty pad. */
export function foolingWords(
  fooling: Fooling | undefined,
  answer: number | undefined,
  dataset: Pick<Dataset, 'classes' | 'nouns' | 'abilities'>,
): string {
  if (!fooling) return `Draw a ${classNoun(dataset)} so that it takes it for another one.`
  const [wanted, other] = [oneOf(dataset, fooling.label), oneOf(dataset, fooling.predicted)]
  if (answer === undefined) return `Draw ${wanted} that it takes for ${other}: its most common mistake.`
  const says = named(dataset, answer)
  if (answer === fooling.predicted) return `It says ${says}. If you drew ${wanted}, you fooled it!`
  if (answer === fooling.label) return `It still says ${says}. Change it bit by bit, towards ${other}.`
  return `It says ${says}. Draw ${wanted} that it takes for ${other}.`
}
