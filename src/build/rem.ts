// Style sheets of widgets: `rem` is the font size of the page that embeds them, which may be anything.

/** Pixels of a rem where style rules ask for the width of a container. */
const USUAL = 16

/**
 * Counts in the custom property `--rem` instead, which a widget sets to the reader's own font size; in conditions, where no custom
 * property can be, in pixels.
 */
export function fixedRem(css: string): string {
  const length = /(-?\d*\.?\d+)rem\b/g
  return css
    .replace(/@(?:media|container)[^{]*/g, (rule) =>
      rule.replace(length, (_, count: string) => `${Number(count) * USUAL}px`),
    )
    .replace(length, 'calc($1 * var(--rem))')
}
