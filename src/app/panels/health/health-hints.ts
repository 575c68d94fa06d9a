// Hints from the numbers of the Health panel, for people who have seen few. They claim only what the numbers show.

import { layerName } from '../../../model/layer-name'
import { isFrozen } from '../../../model/layers'
import { howOf } from '../../../model/neuron'
import type { LayerSpec } from '../../../model/spec'
import type { Distribution, Health } from '../../../session/protocol'
import { formatCount, formatList, formatShare, sentence } from '../../../ui/format'
import type { DeadUnits } from './health.svelte'
import { formatNumber } from '../numbers'

/** Factor by which a typical gradient shrinks, or grows, from the last trained layer to the first. */
const SPREAD = 300
/** A gradient of this norm moves every weight by more than its size, at any usual learning rate. */
const HUGE_NORM = 100
/** Shares of dead units that deserve a hint: after enough images, and after few. */
const MANY_DEAD = 0.25
const NEARLY_ALL_DEAD = 0.9
/** Over fewer images, silent units mean nothing. */
const FEWEST_IMAGES = 32

/** Hints, most pressing first; none if nothing is wrong. `remedy`: what helps when numbers are not finite, as the end of a sentence. */
export function hintsOf(
  { layers, gradientNorm }: Health,
  dead: readonly DeadUnits[],
  specs: readonly LayerSpec[],
  remedy: string,
): readonly string[] {
  const name = (layer: number) => layerName(specs, layer)
  const odd = layers.filter(({ parameters, gradients }) => (parameters?.odd ?? 0) + (gradients?.odd ?? 0) > 0)
  if (odd.length > 0) {
    const where = formatList(odd.map(({ layer }) => name(layer)))
    return [`Values in ${where} are infinite or not numbers: ${remedy}.`]
  }
  if (gradientNorm === undefined) return []
  const hints: string[] = []
  // What is dead in a frozen layer was so before, and nothing here helps it.
  const seen = dead.filter(({ images, layer }) => images >= FEWEST_IMAGES && !isFrozen(specs[layer]))
  const silenced = seen.filter(({ units, dead, enough }) => dead / units >= (enough ? MANY_DEAD : NEARLY_ALL_DEAD))
  /** No gradient gets through then; the hint about units says so. */
  const blocked = seen.some(({ units, dead }) => dead / units >= NEARLY_ALL_DEAD)
  if (gradientNorm > HUGE_NORM) {
    hints.push(
      `The gradient is very large (norm ${formatNumber(gradientNorm)}). If it keeps growing the run will diverge: lower the learning rate, or clip the gradient.`,
    )
  }
  const trained = layers.filter(({ gradients }) => gradients !== undefined)
  const [first, last] = [trained.at(0), trained.at(-1)]
  if (gradientNorm === 0) {
    hints.push(
      'The gradient is exactly zero: no parameter moves any more. Most often all units of a layer are dead, or all weights started at zero.',
    )
  } else if (first?.gradients && last?.gradients && first !== last) {
    const ratio = typical(last.gradients) / typical(first.gradients)
    if (ratio > SPREAD && !blocked) {
      hints.push(
        `The gradient vanishes on its way down: in ${name(first.layer)} it is ${times(ratio)} times smaller than in ${name(last.layer)}, so the first layers hardly learn. ${remedyOf(specs)}`,
      )
    } else if (ratio < 1 / SPREAD) {
      hints.push(
        `The gradient grows on its way down: in ${name(first.layer)} it is ${times(1 / ratio)} times larger than in ${name(last.layer)}. Smaller first weights, batch norm or clipping help.`,
      )
    }
  }
  for (const { layer, units, dead: silent, images } of silenced) {
    hints.push(
      `In ${name(layer)} ${formatShare(silent / units, 0)} of the units were zero for all of ${formatCount(images)} images, and a unit that is always zero does not learn. A lower learning rate and He initialisation help.`,
    )
  }
  return hints
}

/** Size of a parameter's gradient. Pixels that are always blank give zeros, which mean nothing for the layer. */
const typical = ({ norm, count, zeros, odd }: Distribution): number =>
  norm / Math.sqrt(Math.max(1, count - zeros - odd))

function times(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'endlessly many'
  return (ratio < 1e6 ? formatCount : formatNumber)(Number(ratio.toPrecision(1)))
}

/** Remedies for a vanishing gradient that these layers do not use yet. */
function remedyOf(specs: readonly LayerSpec[]): string {
  const saturates = specs.some((layer) => 'activation' in layer && ['sigmoid', 'tanh'].includes(layer.activation))
  const normalised = specs.some(({ type }) => howOf(type) === 'normalised')
  const others = [saturates && 'ReLU', !normalised && 'batch norm'].filter((remedy) => remedy !== false)
  return others.length === 0 ? 'Fewer layers help.' : `${sentence(others.join(', '))} or fewer layers help.`
}
