// What the Health panel keeps while it is open: the newest look, the gradient's norm over the last ones, and units seen active.

import type { Health } from '../../../session/protocol'

/** Images over which a unit without activity counts as dead: a small batch alone says little. */
const ENOUGH = 1000
/** Norms that are kept for the curve. */
const MOST_NORMS = 240

/** Which units of a layer were active for any image of a step. */
interface Look {
  readonly step: number
  readonly active: Uint8Array
  readonly images: number
}

/** Units of a layer, those of them that were active for none of so many images, and whether these images are enough to tell. */
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
  /** By the number of the layer. */
  #looks: readonly (readonly Look[])[] = []

  /** Takes in a look. One of an earlier step or of other layers is of another run: what was kept goes. */
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

/** Units are told of a step alone: a run that goes on elsewhere has none at first, and is the same run. */
const layersOf = ({ layers }: Health): string =>
  layers.map(({ layer, parameters }) => `${layer}:${parameters?.count}`).join()

/** The newest looks, one a step, as far back as it takes to see enough images. */
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
