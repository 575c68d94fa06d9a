// What the session says, for those who show it: the reduced view of its events, read field by field.

import type { Adjustable, CurvePoint, SessionEvent } from '../../session/protocol'
import {
  adjusted,
  dataFailed,
  divergenceOf,
  noRun,
  opening,
  reduce,
  type Curves,
  type RunView,
} from '../../session/run-view'

/** The curves one by one: a reader of one hears nothing of the others. */
class LiveCurves implements Curves {
  readonly train: readonly CurvePoint[] = $derived.by(() => this.#view().curves.train)
  readonly test: readonly CurvePoint[] = $derived.by(() => this.#view().curves.test)
  readonly validation: readonly CurvePoint[] = $derived.by(() => this.#view().curves.validation)

  readonly #view: () => RunView

  constructor(view: () => RunView) {
    this.#view = view
  }
}

/** Fields are as in RunView. A reader of one hears only of its changes. */
export class LiveRun {
  #view = $state.raw(noRun)

  readonly device = $derived(this.#view.device)
  readonly lost = $derived(this.#view.lost)
  readonly data = $derived(this.#view.data)
  readonly spec = $derived(this.#view.spec)
  readonly stepsPerEpoch = $derived(this.#view.stepsPerEpoch)
  readonly stands = $derived(this.#view.stands)
  readonly progress = $derived(this.#view.progress)
  readonly phase = $derived(this.#view.progress.phase)
  readonly problems = $derived(this.#view.problems)
  readonly divergence = $derived(divergenceOf(this.#view))
  readonly dataFailed = $derived(dataFailed(this.#view))
  readonly curves: Curves = new LiveCurves(() => this.#view)

  /** All of it at once, which later events leave as it is. */
  get view(): RunView {
    return this.#view
  }

  heard(event: SessionEvent): void {
    this.#view = reduce(this.#view, event)
  }

  /** Another device is asked for. */
  opening(): void {
    this.#view = opening(this.#view)
  }

  /** The run is asked to take settings over. */
  adjust(settings: Adjustable): void {
    this.#view = adjusted(this.#view, settings)
  }

  /** Shows the curves that a run brings along from an earlier visit. */
  bring(curves: Curves): void {
    this.#view = { ...this.#view, curves }
  }

  /** Forgets all that was heard: the worker is gone. */
  clear(): void {
    this.#view = noRun
  }
}
