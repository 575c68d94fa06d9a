// State of the Network panel: the example, the newest look at it, and the neuron in focus.

import { tick } from 'svelte'
import { typeOf, type LayerKind } from '../../../model/layers'
import { passesOn, samePlace, type NeuronPlace } from '../../../model/neuron'
import { countOf, type Shape } from '../../../model/shape'
import { datasetOf } from '../../../datasets'
import { shapeOf as exampleShape, type Example } from '../../../model/examples'
import { summarise, type LayerSummary, type Spec } from '../../../model/spec'
import { answerOf, readable } from '../../../model/outputs'
import type { Look, RemoteSession } from '../../../session/protocol'
import type { Drawing } from '../../drawing/drawing.svelte'
import type { Explanation } from '../../drawing/explanation.svelte'
import type { LiveRun } from '../../run/live-run.svelte'
import { kindAt, type LayerKindShown } from '../../spec/stack'
import { longestName } from '../../../ui/class-words'
import { keepAsking } from '../../../ui/live.svelte'
import { inputName, outputName, unitName } from '../network-words'
import { formatNumber } from '../numbers'
import { exampleHeading, headingOf, leastWidth } from './headings'
import { layOutPicture, type Column } from './picture'
import type { Draft } from '../../spec/draft.svelte'
import type { Walking } from './walk.svelte'

/** Share of the worker's time for saliency; neurons take as much again. */
const SALIENCY_SHARE = 0.05
/** Least milliseconds between two drawings of lines while the network trains: lines that jump ten times a second flicker. */
const UNHURRIED_MS = 400
/** The same of saliency, whose maps take longer than everything else together (2 cores without a GPU). */
const SALIENCY_MS = 2000
/** Milliseconds that light takes through the picture. */
export const FLOW_MS = 700

/** Height of the headings above the columns of the picture, in CSS pixels. */
export const HEADING = 44

/** The input, as if it were the output of a layer below the first. */
export const INPUTS = -1

/** A layer that is shown. */
export interface Shown {
  /** Its number, from 0. */
  readonly layer: number
  readonly summary: LayerSummary
  /** False if it computes nothing: its values are then those of the layer below. */
  readonly computes: boolean
  readonly isOutput: boolean
}

interface Parts {
  readonly session: Pick<RemoteSession, 'inspect' | 'endInspection'>
  readonly run: LiveRun
  readonly draft: Draft
  readonly drawing: Drawing
  readonly explanation: Pick<Explanation, 'take'>
}

export class NetworkView {
  /** The newest look; undefined before the first and without a network. */
  look = $state.raw<Look>()
  /** The look whose connections are drawn; slightly older than the newest while the network trains. */
  connected = $state.raw<Look>()
  /** Saliency, [classes, values]; slightly older than the look while the network trains. */
  saliency = $state.raw<Float32Array>()
  /** The neuron in focus. */
  place = $state.raw<NeuronPlace>()
  /** It stays in focus when the pointer moves on. */
  pinned = $state(false)
  /** The neuron's text for screen readers, as it was when it came into focus, so that training does not talk without end. */
  spoken = $state('')
  /** Room for the picture, in CSS pixels. */
  size = $state.raw({ width: 0, height: 0 })
  /** The class that the person chose; by default the one that the network predicts. */
  chosenClass = $state<number>()

  /** Counts the examples whose light flows through the picture: each that comes after a rest, while nothing trains. */
  arrivals = $state(0)
  /** The walk through a step that the picture shows instead of the newest look. */
  walking = $state.raw<Walking>()
  /** Something of the maps of saliency can be seen. */
  mapsSeen = $state(false)
  /** Something of the picture or of what belongs to it can be seen. */
  seen = $state(true)

  #looked = $state.raw<Spec>()
  /** Changes with every look while the network trains, which asks for the next. */
  #tick = $state(0)
  /** The example of the newest look. */
  #example: Example | undefined
  #connectedAt = 0
  #arrivedAt = -Infinity
  /** The example and run of the newest saliency. */
  #salient = { at: 0, cost: 0, of: undefined as readonly unknown[] | undefined }

  /** Of the network that was looked at; before the first look, of the run or the one that is to come. */
  readonly #spec = $derived.by((): Spec | undefined => {
    const { run, draft } = this.#parts
    return this.#looked ?? run.spec ?? (draft.valid ? draft.spec : undefined)
  })
  readonly layers = $derived(this.#spec ? summarise(this.#spec).layers : [])
  /** To call them by. */
  readonly specs = $derived(this.layers.map(({ spec }) => spec))
  readonly shown = $derived<readonly Shown[]>(
    this.layers.map((summary, layer) => ({
      layer,
      summary,
      computes: !passesOn(summary.spec.type),
      isOutput: layer === this.layers.length - 1,
    })),
  )
  /** Data set of the network. */
  readonly dataset = $derived.by(() => (this.#spec ? datasetOf(this.#spec) : this.#parts.drawing.dataset))
  /** Where the example and the layers that compute stand. */
  readonly layout = $derived.by(() => {
    const computing = this.shown.filter(({ computes }) => computes)
    const shapes = [exampleShape(this.dataset.input), ...computing.map(({ summary }) => summary.outputShape)]
    const headings = [
      exampleHeading(this.dataset),
      ...computing.map(({ summary, isOutput }) => headingOf(summary.spec, summary.outputShape, isOutput)),
    ].map(leastWidth)
    const numbers = [INPUTS, ...computing.map(({ layer }) => layer)]
    return layOutPicture(shapes, numbers, this.size, longestName(this.dataset), headings)
  })
  readonly neuron = $derived.by(() => {
    const neuron = this.look?.neuron
    return samePlace(neuron, this.place) ? neuron : undefined
  })
  readonly #last = $derived(this.look?.layers.at(-1))
  /** Outputs for people: probabilities; under the quadratic loss, unchanged. */
  readonly outputs = $derived(this.#last && this.loss && readable(this.#last, this.loss))
  readonly finite = $derived(this.#last?.every(Number.isFinite) ?? true)
  readonly label = $derived(this.#last && this.loss && answerOf(this.#last, this.loss)?.label)
  /** The class whose saliency is shown large. */
  readonly shownClass = $derived(this.chosenClass ?? this.label ?? 0)

  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    const { session, run, drawing } = parts
    keepAsking(
      () => [
        run.stands,
        run.spec,
        run.progress,
        drawing.example,
        drawing.renewals,
        this.place,
        this.chosenClass,
        this.#tick,
        this.#rests,
      ],
      () => this.#ask(),
      { trains: () => run.phase === 'running' },
    )
    $effect(() => () => void session.endInspection('look'))
  }

  /** No look is needed: a walk is shown, or nothing can be seen of a network that trains. */
  get #rests(): boolean {
    return this.walking !== undefined || (!this.seen && this.#parts.run.phase === 'running')
  }

  get loss(): Spec['loss'] | undefined {
    return this.#spec?.loss
  }

  /** The place of a layer that is in the picture. */
  columnOf(layer: number): Column | undefined {
    return this.layout.columns.find((column) => column.layer === layer)
  }

  /** A layer in the editor's words; the output layer as an output. */
  kindAt(layer: number): LayerKindShown {
    return this.#spec ? kindAt(this.#spec, layer) : typeOf(this.specs[layer])
  }

  /** What kind a layer is. */
  kindOf(layer: number): LayerKind {
    return this.layers[layer].spec.type
  }

  /** Shape of a layer's output, or of the input. */
  shapeOf(layer: number): Shape {
    return layer < 0 ? exampleShape(this.dataset.input) : this.layers[layer].outputShape
  }

  /** The layer that another reads, past layers that pass values on; the input is the lowest. */
  below(layer: number): number {
    let at = layer - 1
    while (at >= 0 && passesOn(this.layers[at].spec.type)) at--
    return at
  }

  /** Name of a value of a layer, or of the input. */
  nameOf(layer: number, unit: number): string {
    if (layer < 0) return inputName(this.dataset, unit)
    const isOutput = layer === this.layers.length - 1
    return isOutput ? outputName(this.dataset, unit) : unitName(this.shapeOf(layer), unit)
  }

  /** Output values of a layer, or the input. */
  valuesOf(layer: number): Float32Array | undefined {
    return layer < 0 ? this.look?.inputs : this.look?.layers[layer]
  }

  /** Brings a neuron into focus. */
  choose(place: NeuronPlace): void {
    if (samePlace(place, this.place)) return
    this.place = place
    this.#speak()
  }

  /** Like `choose`, for a passing pointer: does nothing while a neuron is pinned. */
  pass(place: NeuronPlace): void {
    if (!this.pinned) this.choose(place)
  }

  /** Pins or unpins a neuron. */
  pin(place: NeuronPlace): void {
    this.pinned = !(samePlace(place, this.place) && this.pinned)
    this.choose(place)
  }

  /** Leaves the neuron in focus, pinned or not. */
  leave(): void {
    this.pinned = false
    this.place = undefined
  }

  /** Like `leave`, for a passing pointer: a pinned neuron, and one that the keyboard chose, stay. */
  leavePassing(): void {
    if (!this.pinned && !document.activeElement?.closest('.sheet')) this.place = undefined
  }

  #speak(): void {
    if (!this.place || !this.layers[this.place.layer]) return
    const { layer, unit } = this.place
    const value = this.valuesOf(layer)?.[unit]
    const name = this.nameOf(layer, unit)
    this.spoken = value === undefined ? name : `${name}: ${formatNumber(value)}`
  }

  /** Asks for a look. Resolves to the time that this kept the worker from training. */
  async #ask(): Promise<number | undefined> {
    const { place } = this
    const { session, run, drawing, explanation } = this.#parts
    const { example } = drawing
    const running = run.phase === 'running'
    if (!example || !run.stands) {
      this.#forget()
      return 0
    }
    if (this.#rests) return 0
    // All parts of the request but the neuron in focus, which does not change saliency.
    const of = [example, run.progress, run.spec]
    const last = this.#salient
    const fresh = last.of?.every((thing, i) => thing === of[i])
    const moved = last.of?.[0] !== example
    const pause = Math.max(SALIENCY_MS, last.cost / SALIENCY_SHARE)
    const due = this.mapsSeen && (moved || performance.now() - last.at >= pause)
    const saliency = !fresh && (!running || !this.saliency || due)
    const label = this.chosenClass
    const look = await session.inspect('look', {
      example,
      saliency,
      ...(place && { neuron: place }),
      ...(label !== undefined && { label }),
    })
    if (!look) return undefined
    explanation.take(example, look)
    const { connected } = this
    const focused = connected?.neuron === look.neuron || samePlace(connected?.neuron, look.neuron)
    const turned = !connected || this.#example !== example || !focused
    if (this.#example !== example) this.#arrive(running)
    this.#example = example
    const other = this.#take(look)
    if (!running || turned || other || performance.now() - this.#connectedAt >= UNHURRIED_MS) this.#connect(look)
    if (look.saliency) {
      this.saliency = look.saliency
      this.#salient = { at: performance.now(), cost: look.busy, of }
    }
    if (!running) {
      this.#speak()
      return 0
    }
    this.#tick++
    // On a CPU the page's drawing slows training too; less so the more cores there are.
    const drawn = run.device?.info.software ? await timeToDraw() : 0
    return look.busy + drawn / Math.max(1, navigator.hardwareConcurrency - 1)
  }

  /** Strokes bring a new example at each move of the pen: only the first of them flows. */
  #arrive(running: boolean): void {
    const now = performance.now()
    if (!running && now - this.#arrivedAt > FLOW_MS) this.arrivals++
    this.#arrivedAt = now
  }

  #connect(look: Look): void {
    this.connected = look
    this.#connectedAt = performance.now()
  }

  /** Whether the look is at other layers than the one before, so that the drawings of the old one no longer fit. */
  #take(look: Look): boolean {
    // Layers are described again only if they differ.
    const other = !this.#looked || shapeKey(this.#looked) !== shapeKey(look.spec)
    if (other) {
      this.#looked = look.spec
      if (this.place && !this.#exists(this.place)) this.place = undefined
      if (!this.place) this.pinned = false
    } else if (this.#looked?.loss !== look.spec.loss) this.#looked = look.spec
    this.look = look
    return other
  }

  #exists({ layer, unit }: NeuronPlace): boolean {
    const summary = this.layers.at(layer)
    return summary !== undefined && !passesOn(summary.spec.type) && unit < countOf(summary.outputShape)
  }

  #forget(): void {
    this.walking = undefined
    this.look = this.connected = this.saliency = this.#looked = undefined
    this.place = undefined
    this.pinned = false
  }
}

/** Milliseconds that the page takes to draw a change: until its components have, and in the frame that follows. */
async function timeToDraw(): Promise<number> {
  const start = performance.now()
  // Asked for before the components ask for theirs, so that it begins before their drawing.
  const drawn = new Promise<number>((resolve) => {
    requestAnimationFrame(() => {
      const frame = performance.now()
      setTimeout(() => resolve(performance.now() - frame))
    })
  })
  await tick()
  return performance.now() - start + (await drawn)
}

/** Differs between networks with different layers. */
const shapeKey = ({ dataset, layers }: Spec): string => JSON.stringify([dataset, layers])
