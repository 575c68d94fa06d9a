// What the Results panel makes of the answers for a test set: the confusion matrix, scores, the worst mistakes, calibration.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  calibrationError,
  classScores,
  commonMistakes,
  confusionMatrix,
  examplesOf,
  reliability,
  totals,
  worstMistakes,
  type Answers,
} from '../src/app/panels/test-metrics'
import { NO_ANSWER } from '../src/session/protocol'
import { oddImages } from './odd-sets'

/** Answers of any kind, some of them silent. */
const answers: fc.Arbitrary<Answers> = fc
  .array(
    fc.record({
      label: fc.nat(9),
      digit: fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.constant(NO_ANSWER) }),
      confidence: fc.float({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 200 },
  )
  .map((images) => ({
    labels: Uint8Array.from(images, ({ label }) => label),
    predicted: Uint8Array.from(images, ({ digit }) => digit),
    confidence: Float32Array.from(images, ({ confidence }) => confidence),
  }))

const numbersOf = ({ labels }: Answers) => [...labels.keys()]
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

describe('the confusion matrix', () => {
  it('counts every answer once, and its cells hold the images', () => {
    fc.assert(
      fc.property(answers, fc.nat(9), fc.nat(9), (answers, label, digit) => {
        const matrix = confusionMatrix(answers, 10)
        const { examples, right, wrong, silent } = totals(answers)
        expect(right + wrong + silent).toBe(examples)
        expect(sum(matrix.flat())).toBe(right + wrong)
        expect(sum(matrix.map((row, i) => row[i]))).toBe(right)
        const cell = numbersOf(answers).filter((i) => answers.labels[i] === label && answers.predicted[i] === digit)
        expect(matrix[label][digit]).toBe(cell.length)
        expect([...examplesOf(answers, label, digit)].sort((a, b) => a - b)).toEqual(cell)
      }),
    )
  })
})

describe('a data set of four classes', () => {
  const classes = oddImages.classes.length
  const answers: Answers = {
    labels: Uint8Array.of(0, 1, 1, 2, 3, 3, 3, 3),
    predicted: Uint8Array.of(0, 2, 1, 2, 0, 0, 3, NO_ANSWER),
    confidence: new Float32Array(8).fill(0.5),
  }
  const matrix = confusionMatrix(answers, classes)

  it('has a matrix of four rows', () => {
    expect(matrix).toEqual([
      [1, 0, 0, 0],
      [0, 1, 1, 0],
      [0, 0, 1, 0],
      [2, 0, 0, 1],
    ])
    expect(classScores(answers, classes).map(({ support }) => support)).toEqual([1, 2, 1, 4])
    expect(examplesOf(answers, 3, 0)).toEqual([4, 5])
  })

  it('lists its most frequent mistakes first', () => {
    expect(commonMistakes(matrix)).toEqual([
      { label: 3, predicted: 0, count: 2, share: 2 / 3 },
      { label: 1, predicted: 2, count: 1, share: 1 / 2 },
    ])
  })
})

describe('scores of a class', () => {
  it('are shares of the counts', () => {
    fc.assert(
      fc.property(answers, fc.nat(9), (answers, digit) => {
        const { support, precision, recall, f1 } = classScores(answers, 10)[digit]
        const numbers = numbersOf(answers)
        const called = numbers.filter((i) => answers.predicted[i] === digit)
        const are = numbers.filter((i) => answers.labels[i] === digit)
        const right = called.filter((i) => answers.labels[i] === digit).length
        expect(support).toBe(are.length)
        expect(precision).toBe(called.length > 0 ? right / called.length : undefined)
        expect(recall).toBe(are.length > 0 ? right / are.length : undefined)
        if (precision && recall) expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12)
        else expect(f1).toBe(called.length + are.length > 0 ? 0 : undefined)
      }),
    )
  })
})

describe('the worst mistakes', () => {
  it('are all mistakes, sorted by falling confidence', () => {
    fc.assert(
      fc.property(answers, (answers) => {
        const worst = worstMistakes(answers)
        expect(worst).toHaveLength(totals(answers).wrong)
        expect(new Set(worst).size).toBe(worst.length)
        for (const i of worst) expect(answers.predicted[i]).not.toBe(answers.labels[i])
        worst.slice(1).forEach((image, i) => {
          const before = worst[i]
          const [a, b] = [answers.confidence[before], answers.confidence[image]]
          expect(a > b || (a === b && before < image)).toBe(true)
        })
      }),
    )
  })
})

describe('the reliability diagram', () => {
  it('has every answer in the bin of its confidence', () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 20 }), (answers, count) => {
        const bins = reliability(answers, count)
        expect(bins).toHaveLength(count)
        const { right, wrong } = totals(answers)
        expect(sum(bins.map((bin) => bin.count))).toBe(right + wrong)
        expect(sum(bins.map((bin) => bin.count * (bin.accuracy ?? 0)))).toBeCloseTo(right, 9)
        for (const { from, to, count, confidence } of bins) {
          if (count === 0) expect(confidence).toBeUndefined()
          else expect(confidence! >= from - 1e-12 && confidence! <= to + 1e-12).toBe(true)
        }
        const error = calibrationError(bins)
        if (right + wrong === 0) expect(error).toBeUndefined()
        else expect(error! >= 0 && error! <= 1).toBe(true)
      }),
    )
  })

  it('has the error of equation 3, worked out by hand', () => {
    // Two bins: (0, 0.5] holds 0.5 right and 0.25 wrong, (0.5, 1] holds 0.75 right, 1 right, 0.875 wrong.
    const answers: Answers = {
      labels: Uint8Array.of(1, 2, 3, 4, 5),
      predicted: Uint8Array.of(1, 0, 3, 4, 0),
      confidence: Float32Array.of(0.5, 0.25, 0.75, 1, 0.875),
    }
    const bins = reliability(answers, 2)
    expect(bins.map(({ count }) => count)).toEqual([2, 3])
    expect(bins[0]).toMatchObject({ confidence: 0.375, accuracy: 0.5 })
    expect(bins[1]).toMatchObject({ confidence: 0.875, accuracy: 2 / 3 })
    expect(calibrationError(bins)).toBeCloseTo((2 * 0.125 + 3 * (0.875 - 2 / 3)) / 5, 12)
  })

  it('has no error for a calibrated network', () => {
    const labels = Uint8Array.from({ length: 100 }, () => 3)
    const predicted = Uint8Array.from({ length: 100 }, (_, i) => (i < 75 ? 3 : 4))
    expect(calibrationError(reliability({ labels, predicted, confidence: new Float32Array(100).fill(0.75) }))).toBe(0)
  })
})
