// What is told of how a network fares after its newest step.

/** What to tell of a network's health. */
export interface HealthRequest {
  /** The ranges of the last answer, so that axes change seldom; empty the first time. */
  readonly ranges: readonly number[]
  /** Where the pictures of first-layer weights begin. */
  readonly firstUnit: number
}

/** The newest step of a run: parameters after it, gradients and activations of it. */
export interface Health {
  /**
   * Steps done. Gradients and activations are those of the last one, and no part of a snapshot: there are none at step 0, and none
   * where the run was taken up from a snapshot (a checkpoint, another backend) until its next step.
   */
  readonly step: number
  /** Norm of the whole gradient, before it is clipped; undefined where there is none. */
  readonly gradientNorm: number | undefined
  /** Layers that have parameters or units that can die, in order. */
  readonly layers: readonly LayerHealth[]
  /** Half-width of the bins of each of these layers' parameters; zero where it has none. */
  readonly ranges: readonly number[]
  readonly first: FirstWeights | undefined
  /** Milliseconds that the worker's thread was busy with this. */
  readonly busy: number
}

export interface LayerHealth {
  /** Its number, from 0. */
  readonly layer: number
  /** All trained parameters of the layer, in PARAMETER_BINS from -range to range; what lies beyond counts in the last ones. */
  readonly parameters: Distribution | undefined
  /** Their gradients, in bins by sign and size from -2 ** highest by gradientBins to there; the one in the middle is what is smaller, zeros included. None as with the norm. */
  readonly gradients: Distribution | undefined
  /** Of a layer with ReLU or GELU; of a convolution, a unit is a filter. None as with the norm. */
  readonly units: { readonly active: Uint8Array; readonly images: number } | undefined
}

/** What values there are. */
export interface Distribution {
  readonly counts: readonly number[]
  /** All values, and those of them that are zero, and infinite or not a number. The rest is about the others. */
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

/** Incoming weights of units of the first layer that has any, as pictures: over the image of a dense layer, or over a kernel's taps. */
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
