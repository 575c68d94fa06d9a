// Points that a person draws: what the pointer does, the points as they stand, and the way back.

import type { Point } from '../../../data/drawing'
import { DRAWN, whyTooFew, type LabelledPoint } from '../../../datasets/plane/drawn'

/** What the pointer does: ask the network about a place, erase points, or draw points of a class. */
export type Tool = 'ask' | 'erase' | number

/** Units of the plane between two points that one stroke draws, and around the pointer where points are erased. */
const APART = 0.6
const ERASED = 0.45

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

export class PointEditor {
  tool = $state<Tool>('ask')
  /** The points during a stroke, and while a network cannot learn from them. */
  pending = $state.raw<readonly LabelledPoint[]>()
  /** Points before each change, the newest last. */
  #past = $state.raw<readonly (readonly LabelledPoint[])[]>([])
  /** Where the present stroke drew its last point. */
  #last: Point | undefined

  readonly points: readonly LabelledPoint[] = $derived.by(() => this.pending ?? this.#known())
  readonly canUndo = $derived(this.#past.length > 0)
  /** What keeps a network from learning from them, in words. */
  readonly missing = $derived(whyTooFew(this.points))
  readonly full = $derived(this.points.length >= DRAWN.most)

  readonly #known: () => readonly LabelledPoint[]
  readonly #learn: (points: readonly LabelledPoint[]) => void

  /** `known`: the points of the data set that is wanted. `learn` makes others the wanted ones, at once. */
  constructor(known: () => readonly LabelledPoint[], learn: (points: readonly LabelledPoint[]) => void) {
    this.#known = known
    this.#learn = learn
  }

  /** Begins a stroke of the tool. */
  begin(place: Point): void {
    this.#past = [...this.#past, this.points]
    this.#last = undefined
    this.extend(place)
  }

  /** Goes on with it. */
  extend(place: Point): void {
    const { tool, points } = this
    if (tool === 'erase') {
      const left = points.filter((point) => distance(point, place) > ERASED)
      if (left.length < points.length) this.pending = left
    } else if (tool !== 'ask' && !this.full && (!this.#last || distance(this.#last, place) >= APART)) {
      this.#last = place
      this.pending = [...points, { ...place, label: tool }]
    }
  }

  /** Ends it: the points as they are now are learnt from, if that is possible. */
  end(): void {
    if (this.#past.at(-1) === this.points) this.#past = this.#past.slice(0, -1)
    else this.#settle()
  }

  clear(): void {
    this.#past = [...this.#past, this.points]
    this.pending = []
  }

  /** Takes back the last stroke, or what Clear took. */
  undo(): void {
    const before = this.#past.at(-1)
    if (!before) return
    this.#past = this.#past.slice(0, -1)
    this.pending = before
    this.#settle()
  }

  #settle(): void {
    if (this.missing) return
    this.#learn(this.points)
    this.pending = undefined
  }
}
