// Props of components that show a confusion matrix.

import type { Dataset } from '../../../datasets/dataset'
import type { ConfusionMatrix } from '../test-metrics'

export interface ConfusionProps {
  readonly matrix: ConfusionMatrix
  readonly dataset: Dataset
  /** Whether the examples in a cell of the matrix are shown. */
  readonly isChosen: (label: number, predicted: number) => boolean
  /** Shows or hides the examples of a cell. */
  readonly choose: (label: number, predicted: number) => void
  /** Ids of the elements with its title and its explanation. */
  readonly labelledBy: string
  readonly describedBy: string
}
