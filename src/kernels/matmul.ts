// The two ways to run a matrix product that dense layers and convolutions offer; the kernel's own WGSL loads and stores the blocks.

import block from '../../shaders/lib/block.wgsl?raw'
import blocks from '../../shaders/lib/matmul-blocks.wgsl?raw'
import tiles from '../../shaders/lib/matmul-tiles.wgsl?raw'
import { ceilDiv, MOST_WORKGROUPS, type Constants, type Variant, type Workgroups } from './kernel'

/** Size of C[R, S] = A . B in 4 x 4 blocks. */
export interface ProductSize {
  readonly R: number
  readonly S: number
}

/** Variants `tiles` (workgroup memory, for GPUs) and `blocks` (no barriers, for software adapters). */
export function matmulVariants<C extends string>(
  source: string,
  size: (constants: Constants<C>) => ProductSize,
): Record<'tiles' | 'blocks', Variant<C>> {
  return {
    tiles: {
      wgsl: source + block + tiles,
      tile: (constants) => ({ SPAN: span(size(constants)) }),
      workgroups(constants) {
        const { R, S } = size(constants)
        const side = 8 * span({ R, S })
        return folded(ceilDiv(S, side), ceilDiv(R, side))
      },
    },
    blocks: {
      wgsl: source + block + blocks,
      tile: (constants) => ({ ...registers(size(constants)) }),
      workgroups(constants) {
        const { R, S } = size(constants)
        const { ROW_BLOCKS, COLUMN_BLOCKS } = registers({ R, S })
        return folded(ceilDiv(S, 4 * COLUMN_BLOCKS), ceilDiv(R, 2 * ROW_BLOCKS))
      },
    },
  }
}

/** A convolution of a large batch has more rows of workgroups than fit along one axis: the rest goes into the third. */
function folded(columns: number, rows: number): Workgroups {
  const layers = Math.max(1, ceilDiv(rows, MOST_WORKGROUPS))
  return [columns, ceilDiv(rows, layers), layers]
}

/**
 * Large tiles read less, small ones fill more of the device: 64 x 64 outputs where neither side is wasted on them and they still
 * make dozens of workgroups.
 */
function span({ R, S }: ProductSize): number {
  return R >= 16 && S >= 16 && ceilDiv(R, 16) * ceilDiv(S, 16) >= 64 ? 2 : 1
}

/** 8 x 8 outputs an invocation, 4 along a side that has no more. */
function registers({ R, S }: ProductSize) {
  return { ROW_BLOCKS: R > 1 ? 2 : 1, COLUMN_BLOCKS: S > 1 ? 2 : 1 }
}
