// A walk through a training step: the stop it has come to, what the picture shows there, and the neuron in focus.

import type { NeuronPlace } from '../../../model/neuron'
import { learns } from '../../../model/layers'
import { pathsOf, type PathStep } from '../../../model/paths'
import { readable } from '../../../model/outputs'
import type { StepWalk } from '../../../session/protocol'
import { largestOf } from '../sheet'
import type { ColumnLight, Line } from './painting'
import { movesOf, neuronIn, stagesOf, type Stop } from './walk-numbers'

/** Milliseconds at a stop when it plays. */
export const STOP_MS = 2500
/** Milliseconds in which the light of a layer comes up. */
const GROW_MS = 500
/** Brightness of values that the way back has not reached yet. */
const FAINT = 0.25

export class Walking {
  at = $state(0)
  playing = $state(false)
  /** How far the light of this stop's layer has come up, from 0 to 1. */
  grown = $state(1)

  readonly stages: readonly Stop[]
  readonly stage = $derived.by(() => this.stages[this.at])
  readonly #paths: readonly PathStep[]
  readonly #outputs: readonly number[]

  constructor(readonly walk: StepWalk) {
    const { spec, list, before, running, label, slopes } = walk
    this.stages = stagesOf(spec.layers)
    const network = { spec, list, parameters: before, running }
    // What lowers the loss of this label speaks for it.
    this.#paths = pathsOf(
      network,
      label,
      walk,
      slopes.map((each) => each.map((slope) => -slope)),
    )
    this.#outputs = readable(walk.layers[walk.layers.length - 1], spec.loss)
  }

  get last(): boolean {
    return this.at === this.stages.length - 1
  }

  /** Goes some stops on, or back. */
  go(by: number): void {
    const next = Math.max(0, Math.min(this.stages.length - 1, this.at + by))
    if (next === this.at) return
    this.at = next
    this.#grow()
    if (this.last) this.playing = false
  }

  /** Plays on, from the start if it is at the end, or halts. */
  play(): void {
    this.playing = !this.playing
    if (this.playing && this.last) {
      this.at = 0
      this.#grow()
    }
  }

  #grow(): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const [start, at] = [performance.now(), this.at]
    this.grown = 0
    const frame = () => {
      if (this.at !== at) return
      this.grown = Math.min(1, (performance.now() - start) / GROW_MS)
      if (this.grown < 1) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  }

  /** The neuron to tell of: the one in focus where it belongs to the stop, else one that matters. */
  placeFor(chosen: NeuronPlace | undefined): NeuronPlace | undefined {
    const { stage, walk } = this
    const { label, layers, slopes } = walk
    if (stage.layer === undefined) {
      if (stage.kind === 'loss') return undefined
      if (chosen && movesOf(walk, chosen).length > 0) return chosen
      // The outputs, or the highest layer that learns.
      const layer = walk.spec.layers.findLastIndex(learns)
      return layer === layers.length - 1 ? { layer, unit: label } : { layer, unit: largestAt(slopes[layer]) }
    }
    const { layer, kind } = stage
    if (chosen?.layer === layer) return chosen
    if (layer === layers.length - 1) return { layer, unit: label }
    const path = this.#paths.find(({ from }) => from.layer === layer)
    return path?.from ?? { layer, unit: largestAt(kind === 'values' ? layers[layer] : slopes[layer]) }
  }

  neuron(place: NeuronPlace) {
    return neuronIn(this.walk, place)
  }

  /** Connections of this stop: into its layer on the way forward, out of it on the way back. */
  get lines(): Line[] {
    const { kind, layer } = this.stage
    const steps = this.#paths.filter(({ from, to }) => {
      if (kind === 'values') return to.layer === layer
      if (kind === 'slopes') return from.layer === layer
      return kind === 'update'
    })
    const most = (layer: number) =>
      Math.max(...steps.filter(({ to }) => to.layer === layer).map(({ adds }) => Math.abs(adds)))
    return steps.map((step) => ({ ...step, weight: (this.grown * step.adds) / most(step.to.layer) }))
  }

  /** What a layer shows; `input`: of the example. */
  light(layer: number, input: ColumnLight): ColumnLight {
    const { stage, walk, grown } = this
    const last = walk.layers.length - 1
    const forward = this.stages.findIndex((each) => each.kind === 'values' && each.layer === layer)
    const back = this.stages.findIndex((each) => each.kind === 'slopes' && each.layer === layer)
    if (layer >= 0 && forward > this.at) return { values: undefined, support: undefined }
    if (back >= 0 && (back <= this.at || (stage.kind === 'loss' && layer === last))) {
      const slopes = walk.slopes[layer]
      const share = this.at === back ? grown : 1
      return { values: slopes, support: slopes.map((slope) => -slope), scale: largestOf(slopes) / share }
    }
    const values = layer < 0 ? input.values : layer === last ? this.#outputs : walk.layers[layer]
    const scale = layer < 0 ? input.scale : layer === last ? 1 : undefined
    const behind = stage.kind === 'loss' || stage.kind === 'slopes'
    const share = behind ? FAINT : this.at === forward ? grown : 1
    return { values, support: undefined, scale: (scale ?? largestOf(values)) / share }
  }

  /** Outputs for the bars, once the way forward has come to them. */
  get shares(): readonly number[] | undefined {
    const reached = this.stages.findIndex(({ kind }) => kind === 'loss') - 1
    return this.at >= reached ? this.#outputs : undefined
  }
}

/** Number of the value of the largest size. */
function largestAt(values: Float32Array): number {
  let best = 0
  values.forEach((value, i) => {
    if (Math.abs(value) > Math.abs(values[best])) best = i
  })
  return best
}
