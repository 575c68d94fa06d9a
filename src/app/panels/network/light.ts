// Values as light: brightness is how active a unit is, colour whether it speaks for the answer or against it.

/** Red, green, blue from 0 to 255. */
export type Rgb = readonly [number, number, number]

/** The same in either theme: light needs the dark. */
export const night = {
  ground: [11, 16, 36],
  dark: [27, 35, 66],
  neutral: [226, 232, 255],
  for: [92, 200, 255],
  against: [255, 112, 142],
  broken: [255, 196, 0],
  text: '#c3cdf0',
  bright: '#ffffff',
} as const satisfies Record<string, string | Rgb>

export const css = ([r, g, b]: Rgb, alpha = 1): string => `rgba(${r}, ${g}, ${b}, ${alpha})`

/** Weak things are still seen: brightness grows faster at first. */
const GAMMA = 0.6

const mix = (from: Rgb, to: Rgb, share: number, into: Uint8ClampedArray, at: number): void => {
  for (let part = 0; part < 3; part++) into[at + part] = from[part] + (to[part] - from[part]) * share
}
const scratch = new Uint8ClampedArray(3)

/**
 * Writes the colour of a unit at `at`. `active` is its value relative to the largest of its layer, `support` its contribution to the
 * answer likewise; both from -1 to 1. A value that is not finite is shown as such.
 */
export function writeLight(into: Uint8ClampedArray, at: number, active: number, support: number): void {
  if (!Number.isFinite(active)) {
    mix(night.broken, night.broken, 0, into, at)
    return
  }
  const strength = Number.isFinite(support) ? Math.min(1, Math.abs(support)) ** GAMMA : 0
  mix(night.neutral, support < 0 ? night.against : night.for, strength, scratch, 0)
  const colour: Rgb = [scratch[0], scratch[1], scratch[2]]
  mix(night.dark, colour, Math.min(1, Math.abs(active)) ** GAMMA, into, at)
}
