// The look of a widget: Inkling's own style sheet inside a shadow root, which the rules of the embedding page do not reach.

import app from '../app/app.css?inline'
import fields from '../app/fields.css?inline'
import own from './widget.css?inline'

/** Custom properties that a page may set as `--inkling-NAME`. The widgets' documentation (widgets.html) explains them. */
export const themed = [
  'paper',
  'sheet',
  'ink',
  'soft',
  'line',
  'edge',
  'grid',
  'accent',
  'accent-strong',
  'on-accent',
  'bad',
  'font',
  'round',
] as const

/** Values of the attribute `theme`. Without it the theme follows the reader's preference. */
export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

// A custom property cannot fall back on itself, so an outer element keeps the defaults under other names.
const defaults = themed.map((name) => `--default-${name}: var(--${name});`).join('')
const overrides = themed.map((name) => `--${name}: var(--inkling-${name}, var(--default-${name}));`).join('')
const css = `${own}${fields}${app}.inkling{${defaults}}.look{${overrides}}`

/** The elements of a widget's shadow root. */
export interface Frame {
  readonly content: HTMLElement
  setTheme(theme: Theme | undefined): void
}

/** Fills a shadow root: the sheet, an element that resets styles inherited from the page, and one with the theme. It must be in a document. */
export function createFrame(root: ShadowRoot): Frame {
  const style = document.createElement('style')
  style.textContent = css
  const [reset, inkling, content] = ['reset', 'inkling', 'look'].map((name) => {
    const element = document.createElement('div')
    element.className = name
    return element
  })
  inkling.append(content)
  reset.append(inkling)
  root.replaceChildren(style, reset)
  // No rule of the page applies here, so this is the font size that the reader has set: see src/build/rem.ts.
  reset.style.setProperty('--rem', getComputedStyle(reset).fontSize)

  const rules = [...(style.sheet?.cssRules ?? [])]
  const preferred = rules
    .filter((rule) => rule instanceof CSSMediaRule)
    .filter(({ conditionText }) => conditionText.includes('prefers-color-scheme'))
    .map(({ media }) => ({ media, text: media.mediaText }))
  return {
    content,
    setTheme(theme) {
      inkling.style.colorScheme = theme ?? ''
      const forced = theme === 'dark' ? 'all' : 'not all'
      for (const { media, text } of preferred) media.mediaText = theme ? forced : text
    },
  }
}
