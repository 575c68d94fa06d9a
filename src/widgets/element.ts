// What the widgets have in common: a shadow root with their look, attributes that may change at any time, and an end to everything
// that runs once the element has left the document.

import { unmount } from 'svelte'
import { createFrame, themes, type Frame } from './look'

/** What `mount` of Svelte gives. */
type Mounted = Record<string, unknown>

export abstract class WidgetElement extends HTMLElement {
  readonly #root = this.attachShadow({ mode: 'open' })
  #frame: Frame | undefined
  #shown: Mounted | undefined

  /** Mounts what it shows. Called whenever it comes into a document. */
  protected abstract show(content: HTMLElement): Mounted
  /** Follows the attributes: one has changed, or the widget comes into a document and is about to be shown. */
  protected abstract update(): void
  /** Stops all that runs; the element may come back later. */
  protected abstract stop(): void

  connectedCallback(): void {
    if (this.#shown) return // moved
    for (const name of (this.constructor as typeof WidgetElement).observedAttributes) this.#adopt(name)
    this.#frame ??= createFrame(this.#root)
    this.#follow()
    this.#shown = this.show(this.#frame.content)
  }

  disconnectedCallback(): void {
    // Whoever moves an element takes it out and puts it back at once.
    queueMicrotask(() => {
      if (this.isConnected || !this.#shown) return
      void unmount(this.#shown)
      this.#shown = undefined
      this.stop()
    })
  }

  /** Moved by `moveBefore`: all goes on. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(): void {
    if (this.#shown) this.#follow()
  }

  #follow(): void {
    const asked = this.getAttribute('theme')
    this.#frame?.setTheme(themes.find((theme) => theme === asked))
    this.update()
  }

  /** Attributes that the element follows. Each is a property too: see `reflect`. */
  static readonly observedAttributes: readonly string[] = []

  /** Makes properties of the attributes: null where there is none. */
  static reflect(): void {
    for (const name of this.observedAttributes) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: WidgetElement) {
          return this.getAttribute(name)
        },
        set(this: WidgetElement, value: unknown) {
          if (value === null || value === undefined) this.removeAttribute(name)
          else this.setAttribute(name, String(value))
        },
      })
    }
  }

  /** Tells the page; what listens further out, also outside other shadow roots, hears it too. */
  protected tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }

  /** Tells those who listen at the element itself, as images do of `load` and `error`: a window's own errors are others. */
  protected tellHere(type: 'load' | 'error', detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  /** A property that was set before the element was defined hides the accessor: it is set again. */
  #adopt(name: string): void {
    if (!Object.hasOwn(this, name)) return
    const value: unknown = Reflect.get(this, name)
    Reflect.deleteProperty(this, name)
    Reflect.set(this, name, value)
  }
}

/** The side of the pad in CSS pixels that an attribute asks for; undefined where it is no number above 0. */
export function sizeOf(attribute: string | null): number | undefined {
  const size = Number(attribute)
  return size > 0 && Number.isFinite(size) ? size : undefined
}
