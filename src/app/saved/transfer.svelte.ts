// Starting over from what a network has learnt: from which one, how many of its layers fit the draft, and the way back.

import { datasetOf } from '../../datasets'
import { specIssues, type Spec } from '../../model/spec'
import { layersKept, withKept, withNetworkOf } from '../../model/transfer'
import type { LiveRun } from '../run/live-run.svelte'
import { changedFields } from '../spec/config'
import type { Draft } from '../spec/draft.svelte'
import { keptWords, tellKept } from '../spec/kept-words'
import type { SavedRun } from './checkpoint-store'
import type { Checkpoints } from './checkpoints'
import type { Replacement } from './replacement'

interface Parts {
  readonly run: LiveRun
  readonly draft: Draft
  readonly checkpoints: Pick<Checkpoints, 'take' | 'startFrom'>
  readonly replacement: Pick<Replacement, 'replace'>
  /** Another task works on the network. */
  readonly occupied: () => boolean
}

/** A network that the draft can start from. */
interface Source {
  /** What starts: the draft, or where none of its layers fits, the draft with the network of before. */
  readonly target: Spec
  /** In the middle of a sentence: `the present network`. */
  readonly name: string
  /** How many of its layers fit. */
  readonly kept: number
  /** Something of the draft's network is new: what is kept may be frozen. */
  readonly partly: boolean
  /** Its run, unless it is the present one. */
  readonly saved: SavedRun | undefined
}

export class Transfer {
  /** What is kept is to be frozen. */
  freezes = $state(true)
  /** The new run is being made. */
  busy = $state(false)
  /** The last run with a network that had learnt and was replaced. */
  #earlier = $state.raw<SavedRun>()
  readonly #parts: Parts

  /** The network to start from: the present one where the draft is another, else the one before. Undefined where no layer fits. */
  readonly source = $derived.by((): Source | undefined => {
    const { run, draft } = this.#parts
    if (!draft.valid || !run.spec) return undefined
    const present = this.#hasLearnt && this.#sourceOf(run.spec, undefined)
    return present || (this.#earlier && this.#sourceOf(this.#earlier.checkpoint.spec, this.#earlier))
  })
  /** What is kept and what is new; empty without a network to start from. */
  readonly words = $derived.by(() => (this.source ? keptWords(this.source.target, this.source.kept) : ''))

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The present run has a network that has learnt something, here or elsewhere. */
  get #hasLearnt(): boolean {
    const { run } = this.#parts
    return run.stands && (run.progress.step > 0 || run.view.origin !== 'fresh')
  }

  #sourceOf(spec: Spec, saved: SavedRun | undefined): Source | undefined {
    const { draft } = this.#parts
    const changed = changedFields(spec, draft.spec)
    // The same network on the same data is what Undo and Resume are for.
    if (!changed.includes('layers') && !changed.includes('dataset')) return undefined
    const direct = layersKept(spec, draft.spec)
    // On other data a person has rather chosen the data than the network that came with it.
    const other = direct === 0 && saved && changed.includes('dataset') ? withNetworkOf(spec, draft.spec) : undefined
    const target = other && specIssues(other).length === 0 ? other : draft.spec
    const kept = layersKept(spec, target)
    const name = saved ? `the network on ${datasetOf(spec).title}` : 'the present network'
    const partly = kept < target.layers.length
    return kept > 0 ? { target, name, kept, partly, saved } : undefined
  }

  /** Another run took the place of one whose network has learnt. */
  replaced(before: SavedRun): void {
    this.#earlier = before
  }

  /** Starts over with the draft, from that network. Undo brings back the run before; where that has learnt nothing, that of the network. */
  async start(): Promise<void> {
    const { source, words } = this
    const { run, checkpoints, replacement, occupied } = this.#parts
    if (!source || this.busy || occupied()) return
    this.busy = true
    try {
      const from = source.saved ?? (await checkpoints.take())
      if (!from) return
      const spec = source.partly ? withKept(source.target, source.kept, this.freezes) : source.target
      const make = async () => (await checkpoints.startFrom(spec, from.checkpoint)) !== undefined
      const back = this.#hasLearnt || run.phase === 'running' ? undefined : source.saved
      await replacement.replace(make, { text: tellKept(source.name, words) }, 0, back)
    } finally {
      this.busy = false
    }
  }
}
