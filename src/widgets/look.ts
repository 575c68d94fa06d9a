// How a widget looks: the page's own style sheet inside a shadow root, out of reach of the rules of the page that embeds it.

import app from '../app/app.css?inline'
import own from './widget.css?inline'

/** Custom properties that a page may set as `--inkling-NAME`; the widgets' documentation (widgets.html) lists them with what they are for. */
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

/** `light` and `dark` whatever the reader prefers; else as the reader prefers. */
export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

// A custom property cannot fall back on itself, so that the defaults are kept under another name one element further out.
const defaults = themed.map((name) => `--default-${name}: var(--${name});`).join('')
const overrides = themed.map((name) => `--${name}: var(--inkling-${name}, var(--default-${name}));`).join('')
const css = `${own}${app}.inkling{${defaults}}.look{${overrides}}`

/** What a widget draws into. */
export interface Frame {
  readonly content: HTMLElement
  setTheme(theme: Theme | undefined): void
}

/** Fills a shadow root: the sheet, an element that resets what is inherited from the page, and one with the theme. Needs to be in a document. */
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
  // Without any rule of the page it has the size that the reader has set: see src/build/rem.ts.
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
