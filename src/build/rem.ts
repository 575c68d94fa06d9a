// Replaces `rem` in the style sheets of widgets: it depends on the font size of the embedding page, which may be anything.

/** Pixels of a rem in container queries. */
const USUAL = 16

/**
 * Replaces `rem` by the custom property `--rem`, which a widget sets to the reader's own font size. Conditions allow no custom
 * property, so there it becomes pixels.
 */
export function fixedRem(css: string): string {
  const length = /(-?\d*\.?\d+)rem\b/g
  return css
    .replace(/@(?:media|container)[^{]*/g, (rule) =>
      rule.replace(length, (_, count: string) => `${Number(count) * USUAL}px`),
    )
    .replace(length, 'calc($1 * var(--rem))')
}
