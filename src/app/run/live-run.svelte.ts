// The view of the session's events as reactive state, field by field.

import { datasetOf } from '../../datasets'
import { chanceLevel } from '../../datasets/dataset'
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

/** The curves one by one, so that a reader of one does not update with the others. */
class LiveCurves implements Curves {
  readonly train: readonly CurvePoint[] = $derived.by(() => this.#view().curves.train)
  readonly test: readonly CurvePoint[] = $derived.by(() => this.#view().curves.test)
  readonly validation: readonly CurvePoint[] = $derived.by(() => this.#view().curves.validation)

  readonly #view: () => RunView

  constructor(view: () => RunView) {
    this.#view = view
  }
}

/** Fields are as in RunView. A reader of one updates only with that field. */
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
  /** Accuracy from 0 to 1 that says nothing of a network at step 0: that of guessing, and any if it was just made. */
  readonly guessing = $derived.by(() => {
    const { spec, origin } = this.#view
    return spec && origin !== 'fresh' ? chanceLevel(datasetOf(spec)) : 1
  })
  /** Share of the test set that the network got right when last tested; undefined before the first test. */
  readonly testAccuracy = $derived(this.curves.test.at(-1)?.accuracy)

  /** The whole view at once; later events do not change it. */
  get view(): RunView {
    return this.#view
  }

  heard(event: SessionEvent): void {
    this.#view = reduce(this.#view, event)
  }

  /** Records that another device was asked for. */
  opening(): void {
    this.#view = opening(this.#view)
  }

  /** Records that the run was asked to adjust its settings. */
  adjust(settings: Adjustable): void {
    this.#view = adjusted(this.#view, settings)
  }

  /** Shows the curves that a saved run brings along. */
  bring(curves: Curves): void {
    this.#view = { ...this.#view, curves }
  }

  /** Resets everything: the worker is gone. */
  clear(): void {
    this.#view = noRun
  }
}
