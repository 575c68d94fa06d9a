// The table of kernels: all rows, and which of their cases run where.

import { deviceNames, type DeviceName } from '../devices'
import { batchNormRows } from './batch-norm'
import { convolutionRows } from './convolution'
import { denseRows } from './dense'
import { denseFusedRows } from './dense-fused'
import { denseStepRows } from './dense-step'
import { elementwiseRows } from './elementwise'
import { gatherRows } from './gather'
import { lossesRows } from './losses'
import { optimizersRows } from './optimizers'
import { poolingRows } from './pooling'
import { isCrowd, type Row, type RowCase } from './table'

export const kernelRows: readonly Row[] = [
  ...denseRows,
  ...denseFusedRows,
  ...denseStepRows,
  ...elementwiseRows,
  ...convolutionRows,
  ...poolingRows,
  ...batchNormRows,
  ...gatherRows,
  ...lossesRows,
  ...optimizersRows,
]

/** The devices that run a case: a WebGPU device for each variant; for a kernel without variants any is enough. */
export function devicesFor({ variants }: Row, rowCase: RowCase): readonly DeviceName[] {
  const shown = variants.length === 1 ? ['blocks'] : variants
  return deviceNames.filter(
    (name) =>
      (!name.startsWith('WebGPU') || shown.some((variant) => name === `WebGPU, ${variant}`)) && runsOn(name, rowCase),
  )
}

/**
 * Whether a device runs a case. A software adapter takes up to a second to compile each for a variant, so that layers as presets have
 * them, whose edges are like those of other cases, are for `blocks` and WebAssembly alone.
 */
function runsOn(device: DeviceName, { constants, sparse, usual, suits }: RowCase): boolean {
  if (!device.startsWith('WebGPU')) return true
  return (
    !sparse && suits(device.replace('WebGPU, ', '')) && (device === 'WebGPU, blocks' || !(usual || isCrowd(constants)))
  )
}

/** Of a kernel's cases one of so many: the last, which are the larger, where some are left out. */
export function someOf(cases: readonly RowCase[], every: number): readonly RowCase[] {
  if (every === 1) return cases
  const telling = cases.filter(({ sparse, usual, constants }) => !sparse && !usual && !isCrowd(constants))
  return telling.filter((_, i) => (telling.length - 1 - i) % every === 0)
}
