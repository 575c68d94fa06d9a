// What the page says when the network is broken or missing, and what helps.

import { formatCount, sentence } from '../../ui/format'
import type { LiveRun } from './live-run.svelte'
import type { Transport } from './transport.svelte'

export class Advice {
  /** What helps a network with numbers that are not finite, as the end of a sentence. */
  readonly remedy = $derived.by(() => {
    const { divergence } = this.#run
    return divergence
      ? `go on from step ${formatCount(divergence.snapshotStep)}, above, or Train starts over from step 0`
      : 'start over with a lower learning rate'
  })
  /** The message for such a network. */
  readonly broken = $derived(`Training blew up: the numbers grew without limit. ${sentence(this.remedy)}.`)
  /** The message while no network is on a device. */
  readonly absent = $derived.by(() =>
    this.#run.lost
      ? `The device was lost. ${this.#transport.action} opens another, and the network comes back.`
      : 'The network is not there yet.',
  )

  readonly #run: LiveRun
  readonly #transport: Pick<Transport, 'action'>

  constructor(run: LiveRun, transport: Pick<Transport, 'action'>) {
    this.#run = run
    this.#transport = transport
  }
}
