// Answers about the health of a network after its newest step.

/** Request of a health report. */
export interface HealthRequest {
  /** The ranges of the last answer, so that axes seldom change; empty the first time. */
  readonly ranges: readonly number[]
  /** The first unit whose first-layer weights to show. */
  readonly firstUnit: number
}

/** The newest step of a run: parameters after it, gradients and activations of it. */
export interface Health {
  /**
   * Steps done. Gradients and activations are those of the last step. A snapshot does not hold them, so there are none at step 0, nor
   * after a run was restored from a snapshot (a checkpoint, another backend) until its next step.
   */
  readonly step: number
  /** Norm of the whole gradient, before clipping; undefined if there is no gradient. */
  readonly gradientNorm: number | undefined
  /** Layers that have parameters or units that can die, in order. */
  readonly layers: readonly LayerHealth[]
  /** Half-width of the bins of each of these layers' parameters; zero where it has none. */
  readonly ranges: readonly number[]
  readonly first: FirstWeights | undefined
  /** Milliseconds that the worker's thread was busy with the report. */
  readonly busy: number
}

export interface LayerHealth {
  /** Its number, from 0. */
  readonly layer: number
  /** Training leaves its parameters as they are: it has no gradient. */
  readonly frozen: boolean
  /** All parameters of the layer that are trained, or would be if it were not frozen, in PARAMETER_BINS from -range to range; values beyond count in the last bins. */
  readonly parameters: Distribution | undefined
  /** Their gradients, in bins by sign and size: gradientBins, from -2 ** highest to 2 ** highest. The middle bin counts smaller values and zeros. Undefined without a gradient, as before the first step and of a frozen layer. */
  readonly gradients: Distribution | undefined
  /** Active units of a layer with ReLU or GELU; in a convolution a unit is a filter. Undefined before the first step. */
  readonly units: { readonly active: Uint8Array; readonly images: number } | undefined
}

/** Statistics of values. */
export interface Distribution {
  readonly counts: readonly number[]
  /** Counts of all values, of zeros, and of infinite values and NaN. The other statistics leave these out. */
  readonly count: number
  readonly zeros: number
  readonly odd: number
  readonly lowest: number
  readonly highest: number
  readonly mean: number
  readonly deviation: number
  /** Square root of the sum of squares. */
  readonly norm: number
}

/** Incoming weights of units of the first layer with weights, as pictures: over the image for a dense layer, over a kernel's taps for a convolution. */
export interface FirstWeights {
  readonly layer: number
  readonly height: number
  readonly width: number
  /** Units of the layer, and the first one shown. */
  readonly units: number
  readonly from: number
  /** One picture after the other, row by row; 127 stands for `scale` or more. */
  readonly pictures: Int8Array
  readonly scale: number
}
