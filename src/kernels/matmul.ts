// The variants of a matrix product, for dense layers and convolutions; the kernel's own WGSL loads and stores the blocks.

import { ceilDiv, type Constants, MOST_WORKGROUPS, shader, type Variant, type Workgroups } from './kernel'

/** Size of C[R, S] = A . B in 4 x 4 blocks. */
interface ProductSize {
  readonly R: number
  readonly S: number
}

/** Uses of the variants; each shader describes its own. */
export type ProductVariant = 'tiles' | 'split' | 'quads' | 'blocks'

/**
 * `tiles` (workgroup memory, for GPUs), `split` (a workgroup shares the inner dimension, for GPUs and few outputs),
 * `quads` (four invocations share what they load, for software adapters) and `blocks` (the same without subgroups).
 */
export function matmulVariants<C extends string>(
  source: readonly string[],
  size: (constants: Constants<C>) => ProductSize,
): Record<ProductVariant, Variant<C>> {
  return {
    tiles: {
      wgsl: shader(...source, 'lib/block', 'lib/matmul-tiles'),
      tile: (constants) => ({ SPAN: span(size(constants)) }),
      workgroups(constants) {
        const { R, S } = size(constants)
        const side = 8 * span({ R, S })
        return folded(ceilDiv(S, side), ceilDiv(R, side))
      },
    },
    split: {
      wgsl: shader(...source, 'lib/block', 'lib/matmul-split'),
      workgroups(constants) {
        const { R, S } = size(constants)
        return folded(S, R)
      },
    },
    quads: {
      wgsl: shader(...source, 'lib/block', 'lib/matmul-quads'),
      subgroups: true,
      tile: (constants) => ({ QUADS: quadsTogether(size(constants)) }),
      workgroups(constants) {
        const { R, S } = size(constants)
        return folded(1, ceilDiv(quadsOf({ R, S }), quadsTogether({ R, S })))
      },
    },
    blocks: {
      wgsl: shader(...source, 'lib/block', 'lib/matmul-blocks'),
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
 * Large tiles read less, small ones fill more of the device. Takes 64 x 64 outputs if that wastes nothing on either side and still
 * makes dozens of workgroups.
 */
function span({ R, S }: ProductSize): number {
  return R >= 16 && S >= 16 && ceilDiv(R, 16) * ceilDiv(S, 16) >= 64 ? 2 : 1
}

/** 8 x 8 outputs an invocation; 4 along a side that has no more. */
function registers({ R, S }: ProductSize) {
  return { ROW_BLOCKS: R > 1 ? 2 : 1, COLUMN_BLOCKS: S > 1 ? 2 : 1 }
}

/** A quad computes 4 x 4 blocks. */
const quadsOf = ({ R, S }: ProductSize) => ceilDiv(R, 4) * ceilDiv(S, 4)

/** A few quads in a workgroup cost less than one in each; with few workgroups, one quad in each uses all cores. */
const quadsTogether = (size: ProductSize) => (quadsOf(size) >= 256 ? 8 : 1)
