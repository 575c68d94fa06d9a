// Lines that people read.

import type { Choice } from '../backends'
import type { DeviceInfo } from '../backends/types'
import type { EvaluationReport } from './log'
import type { Summary } from './runner'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/** `12,345` */
export const count = (value: number): string => whole.format(value)

/** `97.31%` */
export const percent = (value: number): string => `${value.toFixed(2)}%`

/** A loss of any size, with four digits. */
const loss = (value: number | null): string => (value === null ? '-' : value.toPrecision(4))

/** `CPU reference`, `WebGPU (nvidia ampere)` */
const deviceName = ({ label, adapter }: Pick<DeviceInfo, 'label' | 'adapter'>): string =>
  adapter ? `${label} (${adapter})` : label

export const deviceLine = ({ backend, reason }: Choice): string => `${deviceName(backend.info)}. ${reason}`

export function evaluationLine(evaluation: EvaluationReport): string {
  const { step, epoch, trainLoss, testLoss, testAccuracy, validationAccuracy, imagesPerSecond, seconds } = evaluation
  return [
    `step ${count(step)}`,
    `epoch ${epoch.toFixed(2)}`,
    `train loss ${loss(trainLoss)}`,
    `test loss ${loss(testLoss)}`,
    `test ${percent(testAccuracy)}`,
    ...(validationAccuracy === null ? [] : [`validation ${percent(validationAccuracy)}`]),
    `${count(imagesPerSecond)} images/s`,
    `${seconds.toFixed(1)} s`,
  ].join('   ')
}

/** How a run ended, and its results. */
export function summaryLine(summary: Summary): string {
  const { accuracy, bestAccuracy, epochs, spec, images, seconds, imagesPerSecond } = summary
  const reached =
    accuracy === null || bestAccuracy === null
      ? 'nothing evaluated'
      : `${percent(accuracy)} of the test set (best ${percent(bestAccuracy)})`
  const done = `${short.format(epochs)} of ${count(spec.epochs)} epochs`
  const speed = `${count(images)} images in ${seconds.toFixed(1)} s, ${count(imagesPerSecond)} images/s`
  return `${endingOf(summary)} ${reached}, ${done}, ${speed}`
}

function endingOf({ outcome, message }: Summary): string {
  switch (outcome) {
    case 'finished':
      return 'Finished:'
    case 'time limit':
      return 'Cut by the time limit (--minutes) before its last epoch:'
    case 'interrupted':
      return 'Interrupted:'
    case 'failed':
      return `Failed: ${message}\nUntil then:`
  }
}
