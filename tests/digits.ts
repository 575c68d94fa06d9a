// Digits that tests draw, as many people draw them.

/** Strokes in the unit square, y down. */
export type Strokes = readonly (readonly (readonly [number, number])[])[]

/** A curve from angle `from` to `to` (turns, clockwise from the right), around a centre. */
function arc(x: number, y: number, rx: number, ry: number, from: number, to: number): [number, number][] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / 24)
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)]
  })
}

/** Digits as many people draw them. */
export const digits: Readonly<Record<number, Strokes>> = {
  0: [arc(0.5, 0.5, 0.22, 0.33, -0.25, 0.76)],
  1: [
    [
      [0.52, 0.15],
      [0.48, 0.85],
    ],
  ],
  2: [[...arc(0.5, 0.33, 0.2, 0.17, -0.5, 0.1), [0.52, 0.6], [0.28, 0.83], [0.74, 0.82]]],
  3: [[...arc(0.46, 0.33, 0.2, 0.17, -0.42, 0.25), ...arc(0.46, 0.67, 0.23, 0.18, -0.25, 0.42)]],
  4: [
    [
      [0.35, 0.15],
      [0.28, 0.52],
      [0.7, 0.52],
    ],
    [
      [0.64, 0.18],
      [0.6, 0.85],
    ],
  ],
  7: [
    [
      [0.28, 0.2],
      [0.72, 0.2],
      [0.45, 0.85],
    ],
  ],
}
