// The two ways to run a matrix product that every dense kernel offers; the kernel's own WGSL loads and stores the blocks.

import blocks from '../../shaders/lib/matmul-blocks.wgsl?raw'
import tiles from '../../shaders/lib/matmul-tiles.wgsl?raw'
import { ceilDiv, type Constants, type Variant } from './kernel'

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
  const variant = (main: string, sideX: number, sideY: number, tile: (size: ProductSize) => Tile): Variant<C> => ({
    wgsl: source + main,
    tile: (constants) => ({ ...tile(size(constants)) }),
    workgroups(constants) {
      const { R, S } = size(constants)
      const { ROW_BLOCKS, COLUMN_BLOCKS } = tile({ R, S })
      return [ceilDiv(S, sideX * COLUMN_BLOCKS), ceilDiv(R, sideY * ROW_BLOCKS)]
    },
  })
  return { tiles: variant(tiles, 8, 8, tileOfWorkgroup), blocks: variant(blocks, 4, 2, tileOfInvocation) }
}

/** Blocks of C that one invocation keeps in registers. */
type Tile = { readonly ROW_BLOCKS: number; readonly COLUMN_BLOCKS: number }

/** Large tiles read less, small ones fill more of the device: 64 x 64 where that still makes a few dozen workgroups. */
function tileOfWorkgroup({ R, S }: ProductSize): Tile {
  const large = ceilDiv(R, 16) * ceilDiv(S, 16) >= 64
  return large ? { ROW_BLOCKS: 2, COLUMN_BLOCKS: 2 } : { ROW_BLOCKS: 1, COLUMN_BLOCKS: 1 }
}

/** 8 x 8 outputs an invocation, 4 along a side that has no more. */
function tileOfInvocation({ R, S }: ProductSize): Tile {
  return { ROW_BLOCKS: R > 1 ? 2 : 1, COLUMN_BLOCKS: S > 1 ? 2 : 1 }
}
