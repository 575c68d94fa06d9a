// Gradient clipping by the norm of the whole gradient: shaders/squared-sums.wgsl and shaders/clip.wgsl.

import { ceilDiv, kernel, shader } from './kernel'

/** Partial sums of the norm. */
export const PARTS = 256

/** Sums of squares of COUNT floats (a multiple of four) in PARTS parts, into `sums` [PARTS]. */
export const squaredSums = kernel({
  name: 'squared-sums',
  constants: { COUNT: 'u32', PARTS: 'u32' },
  bindings: { gradients: 'read f32', sums: 'write f32' },
  variants: {
    default: {
      wgsl: shader('squared-sums'),
      workgroups: ({ PARTS }) => [ceilDiv(PARTS, 64)],
      rounds: ({ COUNT, PARTS }) => ceilDiv(COUNT / 4, PARTS),
    },
  },
  reference({ COUNT, PARTS }, { gradients, sums }) {
    sums.fill(0, 0, PARTS)
    // Parts alternate over vec4s, as invocations do.
    for (let i = 0; i < COUNT; i++) sums[(i >> 2) % PARTS] += gradients[i] * gradients[i]
  },
})

/** Factor that scales the gradient's norm down to LIMIT, at most 1, into `clip` [factor, norm]. */
export const clipFactor = kernel({
  name: 'clip',
  constants: { PARTS: 'u32', LIMIT: 'f32' },
  bindings: { sums: 'read f32', clip: 'write f32' },
  variants: { default: { wgsl: shader('clip'), workgroups: () => [1], rounds: ({ PARTS }) => PARTS } },
  reference({ PARTS, LIMIT }, { sums, clip }) {
    let squares = 0
    for (let part = 0; part < PARTS; part++) squares += sums[part]
    const norm = Math.sqrt(squares)
    clip[0] = Math.min(1, LIMIT / (norm + 1e-6)) // the small number as in PyTorch's clip_grad_norm_
    clip[1] = norm
  },
})
