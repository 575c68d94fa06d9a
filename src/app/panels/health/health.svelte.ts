// State of the open Health panel: the newest look, norms of the last gradients, and units seen active.

import type { Health } from '../../../session/protocol'

/** A unit without activity over this many images counts as dead: a small batch alone says little. */
const ENOUGH = 1000
/** Norms in the curve. */
const MOST_NORMS = 240

/** Which units of a layer were active for any image of a step. */
interface Look {
  readonly step: number
  readonly active: Uint8Array
  readonly images: number
}

/** Units of a layer, how many were active for none of the images seen, and whether those are enough images to tell. */
export interface DeadUnits {
  readonly layer: number
  readonly units: number
  readonly dead: number
  readonly images: number
  readonly enough: boolean
}

export interface Norm {
  readonly step: number
  readonly norm: number
}

export class HealthWatch {
  newest = $state.raw<Health>()
  norms = $state.raw<readonly Norm[]>([])
  dead = $state.raw<readonly DeadUnits[]>([])
  /** By number of the layer. */
  #looks: readonly (readonly Look[])[] = []

  /** Adds a look. A look at an earlier step or at other layers is of another run: older looks go. */
  take(health: Health): void {
    const { newest } = this
    if (newest && (health.step < newest.step || layersOf(health) !== layersOf(newest))) this.clear()
    this.newest = health
    const { step, gradientNorm: norm } = health
    if (norm === undefined) return
    if (this.norms.at(-1)?.step !== step) {
      this.norms = [...this.norms.slice(1 - MOST_NORMS), { step, norm }]
    }
    const before = this.#looks
    const looks: (readonly Look[])[] = []
    for (const { layer, units } of health.layers) {
      if (units) looks[layer] = lastOf([...(before[layer] ?? []), { ...units, step }])
    }
    this.#looks = looks
    this.dead = looks.flatMap((some, layer) => ({ layer, ...deadIn(some) }))
  }

  clear(): void {
    this.newest = undefined
    this.norms = []
    this.dead = []
    this.#looks = []
  }
}

/** Only steps have activity: a run that moved elsewhere has none at first, and is the same run. */
const layersOf = ({ layers }: Health): string =>
  layers.map(({ layer, parameters }) => `${layer}:${parameters?.count}`).join()

/** The newest looks, one a step, as many as it takes to see enough images. */
function lastOf(looks: readonly Look[]): readonly Look[] {
  const kept: Look[] = []
  let images = 0
  for (const look of looks.toReversed()) {
    if (images >= ENOUGH) break
    if (look.step === kept[0]?.step) continue
    kept.unshift(look)
    images += look.images
  }
  return kept
}

function deadIn(looks: readonly Look[]): Omit<DeadUnits, 'layer'> {
  const images = looks.reduce((sum, look) => sum + look.images, 0)
  const units = looks[0].active.length
  let dead = 0
  for (let unit = 0; unit < units; unit++) if (looks.every(({ active }) => active[unit] === 0)) dead++
  return { units, dead, images, enough: images >= ENOUGH }
}
