// Colours for values, from the page's own custom properties, in either theme.

import { createSubscriber } from 'svelte/reactivity'
import type { Ramp } from './sheet'

/** Steps on either side of zero. */
const STEPS = 127

/** Colours read from the present theme: asking the page for a colour costs more than drawing a layer. */
const colours = new Map<string, string>()
const ramps = new Map<string, Ramp>()

/** Notifies when the theme changes. */
const subscribe = createSubscriber((update) => {
  const forget = () => {
    colours.clear()
    ramps.clear()
    update()
  }
  const query = matchMedia('(prefers-color-scheme: dark)')
  query.addEventListener('change', forget)
  return () => {
    query.removeEventListener('change', forget)
    forget() // without listeners a change goes unnoticed
  }
})

type Rgb = readonly [number, number, number]

/** A custom property with a colour of six hexadecimal digits, or of three if a build shortened it. */
function colour(name: string): Rgb {
  const written = cssColour(name)
  const text = written.length === 4 ? written.replace(/[^#]/g, '$&$&') : written
  const part = (at: number) => parseInt(text.slice(at, at + 2), 16)
  return [part(1), part(3), part(5)]
}

/** A custom property of the page, as written. */
function cssColour(name: string): string {
  subscribe()
  let text = colours.get(name)
  if (text === undefined) {
    text = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    colours.set(name, text)
  }
  return text
}

const packed = ([r, g, b]: Rgb) => new Uint32Array(Uint8Array.of(r, g, b, 255).buffer)[0]
const between = (from: Rgb, to: Rgb, share: number): Rgb => {
  const part = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share)
  return [part(0), part(1), part(2)]
}

/** Against, neutral, for: red, the colour of the grid, ultramarine. */
export const divergingRamp = (): Ramp => ramp('--against', '--grid', '--accent')

/** Paper to ink; negative values look like paper. */
export const inkRamp = (): Ramp => ramp('--sheet', '--sheet', '--ink')

function ramp(low: string, zero: string, high: string): Ramp {
  subscribe()
  const name = [low, zero, high].join()
  let made = ramps.get(name)
  if (!made) {
    const steps = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
      const share = (i - STEPS) / STEPS
      return packed(between(colour(zero), colour(share < 0 ? low : high), Math.abs(share)))
    })
    made = { colours: steps, broken: packed(colour('--bad')) }
    ramps.set(name, made)
  }
  return made
}
