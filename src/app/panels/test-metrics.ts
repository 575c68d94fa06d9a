// What the answers for a test set come to: confusion matrix, precision and recall, the worst mistakes, calibration.

import { CLASSES } from '../../model/spec'
import { NO_ANSWER, type TestResults } from '../../session/protocol'

/** Answers for a test set; see TestResults. */
export type Answers = Pick<TestResults, 'labels' | 'predicted' | 'confidence'>

/** Images by their true class (rows) and the predicted one (columns); those without an answer are in none. */
export type ConfusionMatrix = readonly (readonly number[])[]

export function confusionMatrix({ labels, predicted }: Answers): ConfusionMatrix {
  const matrix = Array.from({ length: CLASSES }, () => Array<number>(CLASSES).fill(0))
  predicted.forEach((digit, i) => {
    if (digit !== NO_ANSWER) matrix[labels[i]][digit]++
  })
  return matrix
}

/** Numbers of the images of a class that are read as another, or as itself, those with the highest confidence first. */
export function imagesOf(answers: Answers, label: number, digit: number): number[] {
  return ordered(answers, (i) => answers.labels[i] === label && answers.predicted[i] === digit)
}

/** Numbers of the images that are read wrong, those with the highest confidence first. */
export function worstMistakes(answers: Answers): number[] {
  const { labels, predicted } = answers
  return ordered(answers, (i) => predicted[i] !== NO_ANSWER && predicted[i] !== labels[i])
}

/** Numbers of some images by falling confidence; of two alike, the first in the test set. */
function ordered({ labels, confidence }: Answers, among: (image: number) => boolean): number[] {
  const numbers: number[] = []
  for (let i = 0; i < labels.length; i++) if (among(i)) numbers.push(i)
  return numbers.sort((a, b) => confidence[b] - confidence[a] || a - b)
}

/** How well one class is found; shares from 0 to 1, undefined where there is nothing to take a share of. */
export interface ClassScores {
  /** Images of the class, those without an answer among them. */
  readonly support: number
  /** Share of the right ones among those that are read as this class. */
  readonly precision: number | undefined
  /** Share of this class that is read right. */
  readonly recall: number | undefined
  /** Harmonic mean of the two, 2 TP / (2 TP + FP + FN): undefined where there is neither such an image nor such an answer. */
  readonly f1: number | undefined
}

/** Scores of every class. */
export function classScores(answers: Answers): ClassScores[] {
  const matrix = confusionMatrix(answers)
  const support = Array<number>(CLASSES).fill(0)
  for (const label of answers.labels) support[label]++
  return support.map((images, digit) => {
    const right = matrix[digit][digit]
    const answered = matrix.reduce((sum, row) => sum + row[digit], 0)
    return {
      support: images,
      precision: share(right, answered),
      recall: share(right, images),
      f1: share(2 * right, images + answered),
    }
  })
}

const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole)

/** Over the whole test set. */
export interface Totals {
  readonly images: number
  /** Read right, read wrong, and without an answer. */
  readonly right: number
  readonly wrong: number
  readonly silent: number
}

export function totals({ labels, predicted }: Answers): Totals {
  let right = 0
  let silent = 0
  predicted.forEach((digit, i) => {
    if (digit === NO_ANSWER) silent++
    else if (digit === labels[i]) right++
  })
  return { images: labels.length, right, wrong: labels.length - right - silent, silent }
}

/** The answers whose confidence lies above `from` and not above `to`. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Means over the bin; undefined where it is empty. */
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
  predicted.forEach((digit, i) => {
    if (digit === NO_ANSWER) return
    const sum = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence[i] * bins) - 1))]
    sum.count++
    sum.confidence += confidence[i]
    if (digit === labels[i]) sum.right++
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
 * Expected calibration error: the distance of accuracy and confidence, as a mean over the answers of the distances of their bins
 * (Guo et al. 2017, equation 3; Naeini et al. 2015). From 0 to 1; undefined without answers.
 */
export function calibrationError(bins: readonly Bin[]): number | undefined {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0)
  const distance = bins.reduce((sum, bin) => sum + bin.count * Math.abs((bin.accuracy ?? 0) - (bin.confidence ?? 0)), 0)
  return share(distance, count)
}
