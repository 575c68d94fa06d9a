// The curves of a run as the page keeps them.

import type { CurvePoint } from '../../session/protocol'
import { append } from './curves'

type Points = readonly CurvePoint[]

/** Images on which a network is measured: its batches, the test set, and training images that are held out. */
export const curveNames = ['train', 'test', 'validation'] as const
export type CurveName = (typeof curveNames)[number]

export class LearningCurves {
  train = $state.raw<Points>([])
  test = $state.raw<Points>([])
  /** Empty where no images are held out. */
  validation = $state.raw<Points>([])

  add(curve: CurveName, points: Points): void {
    this[curve] = append(this[curve], points)
  }

  /** Takes away what came after a step. */
  rewind(to: number): void {
    for (const curve of curveNames) this[curve] = this[curve].filter(({ step }) => step <= to)
  }

  clear(): void {
    for (const curve of curveNames) this[curve] = []
  }
}
