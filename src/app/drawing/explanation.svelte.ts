// Why the answer is what it is: what each value of the example adds to the answer's logit. The tab Inside brings it with each of its
// looks; without that tab it is asked for once the drawing rests.

import type { Example } from '../../model/examples'
import type { Look } from '../../session/protocol'
import { turns } from '../../ui/newest'

type Reasoned = Pick<Look, 'reasons' | 'step'>

/** What speaks for a class, and the step of the network that says so. */
interface Known {
  readonly example: Example
  readonly label: number
  readonly step: number
  /** What each pixel or feature adds to the logit of the class, to first order. */
  readonly inputs: Float32Array
}

export class Explanation {
  #known = $state.raw<Known>()
  readonly #turn = turns()
  readonly #look: (example: Example) => Promise<Reasoned | undefined>

  /** `look` looks at an example; undefined without a network. */
  constructor(look: (example: Example) => Promise<Reasoned | undefined>) {
    this.#look = look
  }

  /** What speaks for the class of an example, as last heard; undefined if unknown. */
  of(example: Example | undefined, label: number | undefined): Known | undefined {
    const known = this.#known
    return known && known.example === example && known.label === label ? known : undefined
  }

  /** Keeps the reasons of a look at an example. */
  take(example: Example, { reasons, step }: Reasoned): void {
    this.#known = reasons && { example, label: reasons.label, step, inputs: reasons.inputs }
  }

  /** Another network is here: drops what is known, and the answer that is under way. */
  forget(): void {
    this.#turn()
    this.#known = undefined
  }

  /** Looks at an example by itself; the newest question counts. Does nothing without a network. */
  async ask(example: Example): Promise<void> {
    const newest = this.#turn()
    const look = await this.#look(example).catch(() => undefined)
    if (look && newest()) this.take(example, look)
  }
}
