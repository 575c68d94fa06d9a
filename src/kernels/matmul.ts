// The variants of a matrix product, for dense layers and convolutions; the kernel's own WGSL loads and stores the blocks.

import { ceilDiv, type Constants, MOST_WORKGROUPS, shader, type Variant, type Workgroups } from './kernel'

/** Size of C[R, S] = A[R, T] . B[T, S] in 4 x 4 blocks. */
interface ProductSize {
  readonly R: number
  readonly S: number
  readonly T: number
}

/** Names of the variants of a product; each shader describes its own. */
export type ProductVariant = 'tiles' | 'large' | 'split' | 'slices' | 'quads' | 'blocks'

/** Invocations that share the inner dimension in `split`, and the slices in `slices`: PARTS of shaders/lib/total.wgsl. */
const PARTS = 64
/** Blocks of the inner dimension in a panel: PANEL of shaders/lib/tile.wgsl. */
const PANEL = 8

/**
 * `tiles` (workgroup memory, for GPUs; 4 x 4 outputs an invocation), `large` (the same with 8 x 8, which reads less and fills less of a
 * device), `split` (a workgroup shares the inner dimension, for GPUs and few outputs), `blocks` (no barriers, runs everywhere) and `quads` (four
 * invocations share what they load). `quads` is for software adapters, whose barriers are slow: nobody trains on those, but the tests do, and
 * it takes two thirds of the time of `blocks`.
 */
export function matmulVariants<C extends string>(
  source: readonly string[],
  size: (constants: Constants<C>) => ProductSize,
): Record<Exclude<ProductVariant, 'slices'>, Variant<C>> {
  const rounds = (constants: Constants<C>) => size(constants).T
  const tiled = (SPAN: Span): Variant<C> => ({
    wgsl: shader(...source, 'lib/block', 'lib/tile', 'lib/matmul-tiles'),
    tile: () => ({ SPAN }),
    workgroups: (constants) => folded(...tilesOf(size(constants), SPAN)),
    rounds,
  })
  return {
    tiles: tiled(1),
    large: { ...tiled(2), suits: (constants) => isLarge(size(constants)) },
    split: {
      wgsl: shader(...source, 'lib/block', 'lib/total', 'lib/matmul-split'),
      rounds: (constants) => ceilDiv(size(constants).T, PARTS),
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
        const product = size(constants)
        return folded(1, ceilDiv(quadsOf(product), quadsTogether(product)))
      },
      rounds,
    },
    blocks: {
      wgsl: shader(...source, 'lib/block', 'lib/matmul-blocks'),
      tile: (constants) => ({ ...registers(size(constants)) }),
      workgroups(constants) {
        const product = size(constants)
        const { ROW_BLOCKS, COLUMN_BLOCKS } = registers(product)
        return folded(ceilDiv(product.S, 4 * COLUMN_BLOCKS), ceilDiv(product.R, 2 * ROW_BLOCKS))
      },
      rounds,
    },
  }
}

/** The same and `slices`, for a product with few outputs and a long inner dimension: it is cut into slices, which a second pass adds up. */
export function longMatmulVariants<C extends string>(
  source: readonly string[],
  size: (constants: Constants<C>) => ProductSize,
): Record<ProductVariant, Variant<C>> {
  return {
    ...matmulVariants(source, size),
    slices: {
      wgsl: shader(...source, 'lib/block', 'lib/tile', 'lib/total', 'lib/matmul-slices'),
      tile(constants) {
        const product = size(constants)
        return { SPAN: spanOf(product), ...slicesOf(product) }
      },
      workgroups(constants) {
        const product = size(constants)
        return [...tilesOf(product, spanOf(product)), slicesOf(product).SLICES]
      },
      rounds(constants) {
        const { SLICES, STEPS } = slicesOf(size(constants))
        return Math.max(STEPS, ceilDiv(SLICES, PARTS))
      },
      suits: (constants) => slicesOf(size(constants)).SLICES > 1,
      finish: {
        workgroups(constants) {
          const { R, S } = size(constants)
          return [S, R]
        },
        floats(constants) {
          const { R, S, T } = size(constants)
          return 16 * R * S * slicesOf({ R, S, T }).SLICES
        },
      },
    },
  }
}

/** Workgroups that fill a large device: several for each of some hundred cores. */
const ENOUGH = 512
/** Most blocks of the inner dimension in a slice: below, there is little left to wait for. */
const LONGEST = 256

/** Most floats of all slices: 64 MB. */
const MOST_FLOATS = 2 ** 24

/**
 * Slices so that workgroups are enough for a device and no loop is long, but of no less than a panel: each slice writes all of C
 * once more.
 */
function slicesOf({ R, S, T }: ProductSize): { SLICES: number; STEPS: number } {
  const [columns, rows] = tilesOf({ R, S, T }, spanOf({ R, S, T }))
  const wanted = Math.max(ceilDiv(ENOUGH, columns * rows), ceilDiv(T, LONGEST))
  const most = Math.min(ceilDiv(T, PANEL), Math.floor(MOST_FLOATS / (16 * R * S)))
  const slices = Math.max(1, Math.min(wanted, most))
  const STEPS = ceilDiv(ceilDiv(T, slices), PANEL) * PANEL
  return { SLICES: ceilDiv(T, STEPS), STEPS }
}

/** Blocks along each side of what an invocation of a tile computes. */
type Span = 1 | 2

/** Tiles along the columns and rows of C. */
function tilesOf({ R, S }: ProductSize, span: Span): [number, number] {
  return [ceilDiv(S, 8 * span), ceilDiv(R, 8 * span)]
}

/** A convolution of a large batch has more rows of workgroups than fit along one axis: the rest goes into the third. */
function folded(columns: number, rows: number): Workgroups {
  const layers = Math.max(1, ceilDiv(rows, MOST_WORKGROUPS))
  return [columns, ceilDiv(rows, layers), layers]
}

/** Whether a large tile, 64 x 64 outputs, is not wasted on a side that has less. */
const isLarge = ({ R, S }: ProductSize) => R >= 16 && S >= 16

/** Of the tiles of slices: large ones if they still make dozens of workgroups. */
function spanOf(product: ProductSize): Span {
  const [columns, rows] = tilesOf(product, 2)
  return isLarge(product) && columns * rows >= 64 ? 2 : 1
}

/** 8 x 8 outputs an invocation; 4 along a side that has no more. */
function registers({ R, S }: ProductSize) {
  return { ROW_BLOCKS: R > 1 ? 2 : 1, COLUMN_BLOCKS: S > 1 ? 2 : 1 }
}

/** A quad computes 4 x 4 blocks. */
const quadsOf = ({ R, S }: ProductSize) => ceilDiv(R, 4) * ceilDiv(S, 4)

/** A few quads in a workgroup cost less than one in each; with few workgroups, one quad in each uses all cores. */
const quadsTogether = (size: ProductSize) => (quadsOf(size) >= 256 ? 8 : 1)
