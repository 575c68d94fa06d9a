// How much a network's training is to compute, to tell from the time of one run that of another.

import { datasetOf } from '../datasets'
import { isFrozen, learns } from './layers'
import { asMatrix, countOf } from './shape'
import { inputShapeOf, summarise, type LayerSummary, type Spec } from './spec'

// Times of other work in multiply-adds, fitted to the times of the presets on WebAssembly: with them, work per second differs by less
// than two between the presets. tests/bench/README.md has those times.

/** Moving a value through a layer. */
const MOVE = 10
/** Fetching a value of an example. */
const FETCH = 30
/** Warping a pixel, which reads four others. */
const WARP = 250
/** Changing a parameter. */
const UPDATE = 10
/** Starting the calls of a step. */
const STEP = 100_000

/** Multiply-adds of a layer's forward pass for one example. */
function multiplyAdds({ parameterSpecs, outputShape }: LayerSummary): number {
  const weights = parameterSpecs.filter(({ role }) => role === 'weights')
  return weights.reduce((sum, { shape }) => sum + countOf(shape), 0) * asMatrix(outputShape).positions
}

/**
 * Multiply-adds per trained example, forward and backward, with what else takes time counted as so many of them: moved values, warped
 * pixels, updates, and the examples that are evaluated meanwhile. Comparable between specs on one device. Not a number for an
 * invalid spec.
 */
export function workPerExample(spec: Spec): number {
  const { layers } = summarise(spec)
  if (layers.length < spec.layers.length) return NaN
  const inputs = countOf(inputShapeOf(spec))
  const forward = forwardWork(layers)
  // The lowest layer that learns needs no gradient of its input, and frozen ones none of their weights: see trainingList.
  const lowest = spec.layers.findIndex(learns)
  const backward = layers.reduce((sum, layer, i) => {
    const products = (i > lowest ? 1 : 0) + (isFrozen(layer.spec) ? 0 : 1)
    return i < lowest ? sum : sum + products * multiplyAdds(layer) + MOVE * countOf(layer.outputShape)
  }, 0)
  const learning = layers.reduce((sum, { spec, parameters }) => sum + (isFrozen(spec) ? 0 : parameters), 0)
  const warp = spec.augmentation.type === 'none' ? 0 : WARP * inputs
  const step = (STEP + UPDATE * learning) / spec.batchSize
  const between = spec.evaluateEvery > 0 ? 1 / (spec.evaluateEvery * spec.batchSize) : 0
  const evaluations = 1 / spec.trainingSize + between
  return FETCH * inputs + forward + backward + warp + step + evaluations * workOfEvaluation(spec)
}

/** Work of an evaluation that training may wait for: some 100 ms on two cores, enough for dense networks on MNIST, and not for convolutions. */
const MOMENT = 3e9

/** Whether an evaluation takes so little time that training may wait for it. */
export const evaluatesInAMoment = (spec: Spec): boolean => workOfEvaluation(spec) <= MOMENT

/** The same of one evaluation, of the test set and of the examples held out. */
function workOfEvaluation(spec: Spec): number {
  const evaluated = datasetOf(spec).test + spec.validationSize
  return evaluated * (FETCH * countOf(inputShapeOf(spec)) + forwardWork(summarise(spec).layers))
}

const forwardWork = (layers: readonly LayerSummary[]): number =>
  layers.reduce((sum, layer) => sum + multiplyAdds(layer) + MOVE * countOf(layer.outputShape), 0)

/** Examples that the whole run trains on. */
export const examplesOf = ({ trainingSize, epochs }: Spec): number => trainingSize * epochs
