// What components that show a confusion matrix get.

import type { Dataset } from '../../../datasets/dataset'
import type { ConfusionMatrix } from '../test-metrics'

export interface ConfusionProps {
  readonly matrix: ConfusionMatrix
  readonly dataset: Dataset
  /** Whether the examples of a class that are read as another, or as itself, are shown. */
  readonly isChosen: (label: number, predicted: number) => boolean
  /** Shows them, or hides them again. */
  readonly choose: (label: number, predicted: number) => void
  /** Ids of the elements with its title and its explanation. */
  readonly labelledBy: string
  readonly describedBy: string
}
