// What the network answers everywhere in the plane, as it trains; and the place that it is asked about.

import type { Point } from '../../../data/drawing'
import { datasetOf } from '../../../datasets'
import type { Plane } from '../../../datasets/plane/plane'
import { inputsAt, pointsOf } from '../../../datasets/plane/points'
import { countOf } from '../../../model/shape'
import { summarise, type Spec } from '../../../model/spec'
import type { RemoteSession, Surface } from '../../../session/protocol'
import { keepAsking } from '../../../ui/live.svelte'
import type { LiveRun } from '../../run/live-run.svelte'
import type { Drawing } from '../drawing.svelte'
import type { TestExamples } from '../test-examples.svelte'

/** Share of the worker's time while the network trains: here the plane is what one looks at. */
const SHARE = 0.5
/** Places along each axis: the finest at first, and while the network trains as fine as can be shown thirty times a second. */
const SIDES = [128, 64, 32] as const
/** Milliseconds that a surface may keep the worker busy: at SHARE of forty a second, beside the picture. */
const MOST_BUSY = ((1000 / 40) * SHARE) / 2

/** Most multiply-adds of a surface, and most values of a layer: some 100 ms and 32 MB. */
const [MOST_WORK, MOST_VALUES] = [3e8, 8e6]

/** Of SIDES those that a network can be asked for, at least the last. */
function sidesFor(spec: Spec): readonly number[] {
  const { layers, parameters } = summarise(spec)
  const widest = Math.max(...layers.map(({ outputShape }) => countOf(outputShape)))
  const allowed = SIDES.filter((side) => side ** 2 * parameters <= MOST_WORK && side ** 2 * widest <= MOST_VALUES)
  return allowed.length > 0 ? allowed : SIDES.slice(-1)
}

interface Parts {
  readonly session: Pick<RemoteSession, 'inspect' | 'endInspection'>
  readonly run: LiveRun
  readonly drawing: Drawing
  readonly examples: Pick<TestExamples, 'cancel'>
}

export class PlaneView {
  surface = $state.raw<Surface>()
  /** Place that the person chose. */
  chosen = $state.raw<Point>()

  readonly plane: Plane | undefined = $derived.by(() => this.#parts.drawing.dataset.plane)
  readonly points = $derived(this.plane && pointsOf(this.plane))
  /** What the network reads: a place, or a point of the test set. */
  readonly read = $derived.by(() => {
    const { laid } = this.#parts.drawing
    if (!laid) return undefined
    return laid.number === undefined ? this.chosen : this.points?.test.at(laid.number)
  })

  /** Changes with every surface while the network trains, which asks for the next. */
  #tick = $state(0)
  /** Of the sides that the network allows, the one while it trains. */
  #fineness = 0
  /** The network that this is for. */
  #of: Spec | undefined
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    const { session, run, drawing } = parts
    keepAsking(
      () => [run.stands, run.spec, run.progress, drawing.neuron, this.#tick],
      () => this.#ask(),
      { share: SHARE, trains: () => run.phase === 'running' },
    )
    $effect(() => () => void session.endInspection('surface'))
  }

  /** Asks the network about a place. */
  choose(place: Point): void {
    const { plane } = this
    if (!plane) return
    this.chosen = place
    this.#parts.examples.cancel()
    const name = `the place ${[place.x, place.y].map((value) => value.toFixed(1).replace('-', '−')).join(', ')}`
    this.#parts.drawing.put({ example: inputsAt(plane, [place]), name })
  }

  async #ask(): Promise<number | undefined> {
    const { session, run, drawing } = this.#parts
    const { spec } = run
    if (!run.stands || !spec || !datasetOf(spec).plane) return undefined
    if (spec !== this.#of) this.#fineness = 0
    this.#of = spec
    const running = run.phase === 'running'
    const sides = sidesFor(spec)
    const side = sides[running ? Math.min(this.#fineness, sides.length - 1) : 0]
    const { neuron } = drawing
    const surface = await session.inspect('surface', { side, ...(neuron && neuron.layer >= 0 && { neuron }) })
    if (!surface) return undefined
    this.surface = surface
    if (running) {
      if (surface.busy > MOST_BUSY && this.#fineness < sides.length - 1) this.#fineness++
      this.#tick++
    }
    return surface.busy
  }
}
