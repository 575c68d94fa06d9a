// The base class of the widgets: a shadow root with their look, attributes that may change at any time, and a stop to everything
// when the element leaves the document.

import { unmount } from 'svelte'
import { createFrame, themes, type Frame } from './look'

/** Result of Svelte's `mount`. */
type Mounted = Record<string, unknown>

export abstract class WidgetElement extends HTMLElement {
  readonly #root = this.attachShadow({ mode: 'open' })
  #frame: Frame | undefined
  #shown: Mounted | undefined

  /** Mounts the content. Called whenever the element enters a document. */
  protected abstract show(content: HTMLElement): Mounted
  /** Applies the attributes, after a change and before the widget is shown. */
  protected abstract update(): void
  /** Stops all work. The element may enter a document again. */
  protected abstract stop(): void

  connectedCallback(): void {
    if (this.#shown) return // moved
    for (const name of (this.constructor as typeof WidgetElement).observedAttributes) this.#adopt(name)
    this.#frame ??= createFrame(this.#root)
    this.#follow()
    this.#shown = this.show(this.#frame.content)
  }

  disconnectedCallback(): void {
    // A page moves an element by removing and inserting it at once.
    queueMicrotask(() => {
      if (this.isConnected || !this.#shown) return
      void unmount(this.#shown)
      this.#shown = undefined
      this.stop()
    })
  }

  /** `moveBefore` moves the element without a stop. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(): void {
    if (this.#shown) this.#follow()
  }

  #follow(): void {
    const asked = this.getAttribute('theme')
    this.#frame?.setTheme(themes.find((theme) => theme === asked))
    this.update()
  }

  /** The attributes of the element. Each is a property too: see `reflect`. */
  static readonly observedAttributes: readonly string[] = []

  /** Defines a property for each attribute; it is null without the attribute. */
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

  /** Dispatches an event that bubbles, out of shadow roots too. */
  protected tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }

  /** Dispatches an event at the element alone, as images do with `load` and `error`: a window has errors of its own. */
  protected tellHere(type: 'load' | 'error', detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  /** Sets a property again that was set before the element was defined: it would hide the accessor. */
  #adopt(name: string): void {
    if (!Object.hasOwn(this, name)) return
    const value: unknown = Reflect.get(this, name)
    Reflect.deleteProperty(this, name)
    Reflect.set(this, name, value)
  }
}

/** Side of the pad in CSS pixels from an attribute; undefined unless it is a number above 0. */
export function sizeOf(attribute: string | null): number | undefined {
  const size = Number(attribute)
  return size > 0 && Number.isFinite(size) ? size : undefined
}
