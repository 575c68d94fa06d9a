// What a walk through a step says at each stop.

import { layerName } from '../../../model/layer-name'
import { isFrozen } from '../../../model/layers'
import { howOf } from '../../../model/neuron'
import { lookUp, type OptimizerTable } from '../../../model/optimizers'
import { datasetOf } from '../../../datasets'
import type { Spec } from '../../../model/spec'
import type { StepWalk } from '../../../session/protocol'
import { formatCount, formatList, formatShare } from '../../../ui/format'
import { named, oneOf } from '../../../ui/class-words'
import { layerHeading } from '../network-words'
import { formatNumber } from '../numbers'
import type { LossTerm, Stop } from './walk-numbers'

/** Where the walk is: `Forward: layer 1 (Dense 192)`. */
export function stageTitle({ spec }: StepWalk, stage: Stop): string {
  if (stage.layer === undefined) return stage.kind === 'loss' ? 'Loss: how wrong is it?' : updateTitle(spec)
  const heading = layerHeading(spec.layers, stage.layer, datasetOf(spec))
  return `${stage.kind === 'values' ? 'Forward' : 'Backward'}: ${heading.charAt(0).toLowerCase()}${heading.slice(1)}`
}

const updateTitle = ({ layers }: Spec) =>
  layers.some(isFrozen) ? 'Update: every weight moves that is not frozen' : 'Update: every weight moves'

const forward = {
  sum: 'Each neuron multiplies what it reads by its weights, adds it all up with its bias, and passes the sum through its activation.',
  largest: 'Each value is the largest of its window.',
  mean: 'Each value is the mean of its window.',
  normalised: 'Each value is shifted and scaled, so that all have a similar size.',
  function: 'Each value goes through the activation.',
} as const

/** What happens at a stop. */
export function stageWords(walk: StepWalk, stage: Stop): string {
  const { spec, label, layers } = walk
  const dataset = datasetOf(spec)
  if (stage.layer === undefined && stage.kind === 'loss') {
    return `The right answer is ${oneOf(dataset, label)}. The loss is one number for how far the outputs are from it; 0 would be perfect.`
  }
  if (stage.layer === undefined) {
    const { batchSize } = spec
    const mean =
      batchSize === 1 ? '' : ` In training, a batch takes the mean of ${formatCount(batchSize)} such gradients.`
    return `A gradient says how the loss would grow with a weight; the optimizer moves the weight the other way.${memory(spec)} This is for this one example.${mean} ${still(spec)}${alsoDone(spec)}This only shows it: the network itself stays as it is.`
  }
  const { layer } = stage
  const isOutput = layer === layers.length - 1
  if (stage.kind === 'values') {
    const how = howOf(spec.layers[layer].type)
    const ends =
      isOutput && spec.loss === 'cross-entropy' ? ' Softmax turns the outputs into probabilities, the bars.' : ''
    return (how ? forward[how] : '') + ends
  }
  const colours = `Red: a larger sum would raise the loss. Blue: it would lower it.`
  if (!isOutput) {
    return `The error flows back along the weights. How would the loss change if a sum in this layer were a little larger? ${colours}`
  }
  const [of, gives] =
    spec.loss === 'cross-entropy'
      ? ['an output', 'For softmax with cross-entropy it is simply probability less target.']
      : ['an output’s sum', 'For the quadratic loss it is output less target, times the slope of the activation.']
  return `How would the loss change if ${of} were a little larger? ${gives} ${colours}`
}

/** Why a weight may not follow its gradient. */
function memory({ optimizer }: Spec): string {
  const remembers = 'momentum' in optimizer || 'beta1' in optimizer
  return remembers ? ' It also goes on in the direction of the steps before, so not every weight turns at once.' : ''
}

/** What stays as it is. */
function still({ layers }: Spec): string {
  const frozen = layers.flatMap((layer, at) => (isFrozen(layer) ? [layerName(layers, at)] : []))
  if (frozen.length === 0) return ''
  return frozen.length === 1
    ? `Frozen, ${frozen[0]} has no gradient and stays as it is. `
    : `Frozen, ${formatList(frozen)} have no gradient and stay as they are. `
}

/** What a training step does that a walk leaves out. */
function alsoDone({ layers, augmentation, styleShare }: Spec): string {
  const has = (type: Spec['layers'][number]['type']) => layers.some((layer) => layer.type === type)
  const normalises = layers.some((layer) => layer.type === 'batch-normalisation' && !isFrozen(layer))
  const parts = [
    ...(has('dropout') ? ['dropout sets some values to 0'] : []),
    ...(normalises ? ['batch norm uses the mean and variance of the batch'] : []),
    ...(augmentation.type === 'none' ? [] : ['the example is warped']),
    ...(styleShare > 0 ? ['a synthetic one may take its place'] : []),
  ]
  return parts.length === 0 ? '' : `In training, ${formatList(parts)}. `
}

/** The loss as an equation with its own numbers: `−ln(0.932) = 0.0704`. */
export function lossEquation({ spec, loss, label }: StepWalk, terms: readonly LossTerm[]): string {
  const is = formatNumber(loss)
  if (spec.loss === 'quadratic') {
    const squares = terms.map(({ output, target }) => `(${formatNumber(output)} − ${target})²`)
    const shown = squares.length > 6 ? [...squares.slice(0, 5), '…'] : squares
    return `loss = ½ × (${shown.join(' + ')}) = ${is}`
  }
  const own = terms[label]
  const dataset = datasetOf(spec)
  if (spec.labelSmoothing === 0) {
    return `loss = −ln(probability of ${named(dataset, label)}) = −ln(${formatFine(own.output)}) = ${is}`
  }
  const others = terms.filter((term) => term.label !== label).reduce((sum, { loss }) => sum + loss, 0)
  return `loss = −${formatNumber(own.target)} × ln(${formatFine(own.output)}) + ${formatNumber(others)} from the other classes = ${is}`
}

/** Short names of what optimizers keep. */
const keptNames: Readonly<Record<string, string>> = {
  velocity: 'velocity',
  'first-moment': 'm',
  'second-moment': 'v',
}
export const keptName = (name: string): string => keptNames[name] ?? name

/** An optimizer's rule, and what it has to do with earlier steps. */
interface Rule {
  readonly rule: string
  readonly words: string
}

const decayed = (decay: number) => (decay > 0 ? ` + ${formatNumber(decay)} × weight` : '')

/** The update of a run as a formula with its own constants. */
export function ruleOf({ spec, step, rate, clip }: StepWalk): Rule {
  const g = clip < 1 ? `${formatNumber(clip)} × gradient` : 'gradient'
  const r = formatNumber(rate)
  const t = String(step + 1)
  const adam = (title: string, beta1: number, beta2: number, epsilon: number, decay: number): Rule => ({
    rule: `m = ${beta1} × m + ${formatNumber(1 - beta1)} × ${g};  v = ${beta2} × v + ${formatNumber(1 - beta2)} × (${g})²;  new weight = weight − ${r} × ((m / (1 − ${beta1}^${t})) / (√(v / (1 − ${beta2}^${t})) + ${formatNumber(epsilon)})${decayed(decay)})`,
    words: `${title} keeps two means of earlier gradients: m of the gradients, v of their squares. So a step also has what earlier steps left: a weight can go on the old way for a while, even with its gradient. Weights with large gradients take shorter steps.`,
  })
  const rules: OptimizerTable<Rule> = {
    sgd: ({ weightDecay }) => ({
      rule: `new weight = weight − ${r} × (${g}${decayed(weightDecay)})`,
      words: 'Plain gradient descent: a step against the gradient, as long as the learning rate says.',
    }),
    momentum: ({ momentum, weightDecay }) => ({
      rule: `velocity = ${momentum} × velocity + ${g}${decayed(weightDecay)};  new weight = weight − ${r} × velocity`,
      words: 'Momentum: the velocity also has what earlier steps left, like a ball that rolls on.',
    }),
    nesterov: ({ momentum, weightDecay }) => ({
      rule: `velocity = ${momentum} × velocity + ${g}${decayed(weightDecay)};  new weight = weight − ${r} × (${g}${decayed(weightDecay)} + ${momentum} × velocity)`,
      words: 'Nesterov’s momentum: the velocity has what earlier steps left, and the step looks one ahead.',
    }),
    rmsprop: ({ rho, epsilon, weightDecay }) => ({
      rule: `v = ${rho} × v + ${formatNumber(1 - rho)} × (${g}${decayed(weightDecay)})²;  new weight = weight − ${r} × (${g}${decayed(weightDecay)}) / (√v + ${formatNumber(epsilon)})`,
      words: 'RMSProp keeps the mean v of earlier squared gradients: weights with large gradients take shorter steps.',
    }),
    adam: ({ beta1, beta2, epsilon }) => adam('Adam', beta1, beta2, epsilon, 0),
    adamw: ({ beta1, beta2, epsilon, weightDecay }) => adam('AdamW', beta1, beta2, epsilon, weightDecay),
  }
  const { rule, words } = lookUp(rules, spec.optimizer)
  const notes = [
    ...(decays(spec) ? ['Only weights decay, biases do not.'] : []),
    ...(clip < 1
      ? [`All gradients are scaled by ${formatNumber(clip)}, because together they are over the run’s limit.`]
      : []),
    ...(rate === 0 ? ['The learning rate has come down to 0: nothing moves any more.'] : []),
  ]
  return { rule, words: [words, ...notes].join(' ') }
}

const decays = ({ optimizer }: Spec) => 'weightDecay' in optimizer && optimizer.weightDecay > 0

/** A number before and after a small change, with as many decimals as the change needs. */
export function formatMoved(value: number, change: number): string {
  const digits = change === 0 ? 3 : 1 - Math.floor(Math.log10(Math.abs(change)))
  return value.toFixed(Math.max(3, Math.min(9, digits))).replace('-', '−')
}

/** A probability with the digits that its logarithm needs: `0.99624`. */
const formatFine = (share: number): string =>
  share < 1e-3 ? share.toExponential(3).replaceAll('-', '−') : String(Number(share.toFixed(6)))

/** `93%` or `0.93`: an output as the bars have it. */
export const formatOutput = ({ spec }: StepWalk, output: number): string =>
  spec.loss === 'cross-entropy' ? formatShare(output, 1) : formatNumber(output)
