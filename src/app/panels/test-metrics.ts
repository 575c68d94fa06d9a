// Statistics of the answers for a test set: confusion matrix, precision and recall, the worst mistakes, calibration.

import { NO_ANSWER, type TestResults } from '../../session/protocol'

/** Answers for a test set; see TestResults. */
export type Answers = Pick<TestResults, 'labels' | 'predicted' | 'confidence'>

/** Examples by their true class (rows) and the predicted one (columns). Those without an answer are left out. */
export type ConfusionMatrix = readonly (readonly number[])[]

/** @param classes number of classes */
export function confusionMatrix({ labels, predicted }: Answers, classes: number): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => Array<number>(classes).fill(0))
  predicted.forEach((label, i) => {
    if (label !== NO_ANSWER) matrix[labels[i]][label]++
  })
  return matrix
}

/** A kind of mistake, and how often it occurs. */
export interface Mistake {
  readonly label: number
  readonly predicted: number
  readonly count: number
  /** Share of all examples of the true class with an answer, from 0 to 1. */
  readonly share: number
}

/** The kinds of mistakes that occur, the most frequent first; equals in the order of the matrix. */
export function commonMistakes(matrix: ConfusionMatrix): Mistake[] {
  return matrix
    .flatMap((counts, label) => {
      const sum = counts.reduce((a, b) => a + b, 0)
      return counts.map((count, predicted) => ({ label, predicted, count, share: sum > 0 ? count / sum : 0 }))
    })
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
}

/** Numbers of the examples in a cell of the matrix, by falling confidence. */
export function examplesOf(answers: Answers, label: number, predicted: number): number[] {
  return ordered(answers, (i) => answers.labels[i] === label && answers.predicted[i] === predicted)
}

/** Numbers of the misread examples, by falling confidence. */
export function worstMistakes(answers: Answers): number[] {
  const { labels, predicted } = answers
  return ordered(answers, (i) => predicted[i] !== NO_ANSWER && predicted[i] !== labels[i])
}

/** Numbers of some examples by falling confidence; equals in the order of the test set. */
function ordered({ labels, confidence }: Answers, among: (example: number) => boolean): number[] {
  const numbers: number[] = []
  for (let i = 0; i < labels.length; i++) if (among(i)) numbers.push(i)
  return numbers.sort((a, b) => confidence[b] - confidence[a] || a - b)
}

/** How well one class is recognised, as shares from 0 to 1; undefined for a share of nothing. */
export interface ClassScores {
  /** Examples of the class, with and without an answer. */
  readonly support: number
  /** Share of the right answers among those that name this class. */
  readonly precision: number | undefined
  /** Share of this class that is recognised. */
  readonly recall: number | undefined
  /** Harmonic mean of the two, 2 TP / (2 TP + FP + FN); undefined if the class is neither in the examples nor in the answers. */
  readonly f1: number | undefined
}

/** Scores of every class. @param classes how many there are */
export function classScores(answers: Answers, classes: number): ClassScores[] {
  const matrix = confusionMatrix(answers, classes)
  const support = Array<number>(classes).fill(0)
  for (const label of answers.labels) support[label]++
  return support.map((examples, label) => {
    const right = matrix[label][label]
    const answered = matrix.reduce((sum, row) => sum + row[label], 0)
    return {
      support: examples,
      precision: share(right, answered),
      recall: share(right, examples),
      f1: share(2 * right, examples + answered),
    }
  })
}

const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole)

/** Over the whole test set. */
export interface Totals {
  readonly examples: number
  /** Read right, read wrong, and without an answer. */
  readonly right: number
  readonly wrong: number
  readonly silent: number
}

export function totals({ labels, predicted }: Answers): Totals {
  let right = 0
  let silent = 0
  predicted.forEach((label, i) => {
    if (label === NO_ANSWER) silent++
    else if (label === labels[i]) right++
  })
  return { examples: labels.length, right, wrong: labels.length - right - silent, silent }
}

/** The answers with a confidence above `from`, up to and including `to`. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Means over the bin; undefined if it is empty. */
  readonly confidence: number | undefined
  readonly accuracy: number | undefined
}

/** As in the experiments of Guo et al. 2017. */
export const BINS = 15

/**
 * Answers by confidence, in bins of one width: a reliability diagram (Guo, Pleiss, Sun & Weinberger 2017, On Calibration of Modern
 * Neural Networks, section 2). For confidences that are probabilities.
 */
export function reliability({ labels, predicted, confidence }: Answers, bins = BINS): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }))
  predicted.forEach((label, i) => {
    if (label === NO_ANSWER) return
    const sum = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence[i] * bins) - 1))]
    sum.count++
    sum.confidence += confidence[i]
    if (label === labels[i]) sum.right++
  })
  return sums.map(({ count, confidence, right }, m) => ({
    from: m / bins,
    to: (m + 1) / bins,
    count,
    confidence: share(confidence, count),
    accuracy: share(right, count),
  }))
}

/**
 * Expected calibration error: the mean distance between accuracy and confidence of bins, weighted by their answers
 * (Guo et al. 2017, equation 3; Naeini et al. 2015). From 0 to 1; undefined without answers.
 */
export function calibrationError(bins: readonly Bin[]): number | undefined {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0)
  const distance = bins.reduce((sum, bin) => sum + bin.count * Math.abs((bin.accuracy ?? 0) - (bin.confidence ?? 0)), 0)
  return share(distance, count)
}
