// Colours for values, from the page's own custom properties, in either theme.

import { createSubscriber } from 'svelte/reactivity'
import type { Ramp } from './sheet'

/** Steps on either side of zero. */
const STEPS = 127

/** Tells when the theme turns. */
const subscribe = createSubscriber((update) => {
  const query = matchMedia('(prefers-color-scheme: dark)')
  query.addEventListener('change', update)
  return () => query.removeEventListener('change', update)
})

type Rgb = readonly [number, number, number]

/** A custom property that is a colour of six hexadecimal digits, or of three, as a build may shorten it. */
function colour(name: string): Rgb {
  const written = cssColour(name)
  const text = written.length === 4 ? written.replace(/[^#]/g, '$&$&') : written
  const part = (at: number) => parseInt(text.slice(at, at + 2), 16)
  return [part(1), part(3), part(5)]
}

/** A custom property of the page, as it is written. */
export function cssColour(name: string): string {
  subscribe()
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

const packed = ([r, g, b]: Rgb) => new Uint32Array(Uint8Array.of(r, g, b, 255).buffer)[0]
const between = (from: Rgb, to: Rgb, share: number): Rgb => {
  const part = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share)
  return [part(0), part(1), part(2)]
}

/** Against, nothing, for: ochre, the colour of the grid, ultramarine. */
export function divergingRamp(): Ramp {
  return ramp(colour('--second'), colour('--grid'), colour('--accent'))
}

/** Paper to ink; nothing is less than paper. */
export function inkRamp(): Ramp {
  const paper = colour('--sheet')
  return ramp(paper, paper, colour('--ink'))
}

function ramp(low: Rgb, zero: Rgb, high: Rgb): Ramp {
  const colours = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
    const share = (i - STEPS) / STEPS
    return packed(between(zero, share < 0 ? low : high, Math.abs(share)))
  })
  return { colours, broken: packed(colour('--bad')) }
}
