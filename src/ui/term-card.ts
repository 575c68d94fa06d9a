// The card that explains a term: it opens on hover, focus and tap, and closes on Escape, elsewhere, or by itself.

import { sentence } from './format'
import type { TermName } from './glossary'
import { meaningOf } from './terms'

/** Milliseconds that the pointer has to reach the card. */
const GRACE = 200
/** CSS pixels between a term and its card, and between the card and the edge of the window. */
const [GAP, EDGE] = [4, 8]

let cards = 0

/** An attachment that describes an element to screen readers by the meaning of a term. */
export const describes =
  (term: TermName) =>
  (element: HTMLElement): void =>
    void meaningOf(term).then((meaning) => meaning && element.setAttribute('aria-description', meaning))

/** An attachment that gives an element the card of a term. */
export function explains(term: TermName): (anchor: HTMLElement) => () => void {
  return (anchor) => {
    let card: HTMLElement | undefined
    let wanted = false
    /** Escape was pressed, and the pointer has not left since. */
    let dismissed = false
    /** How often the card was asked for. */
    let turn = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    const leave = () => {
      clearTimeout(timer)
      timer = setTimeout(close, GRACE)
    }
    const stay = () => clearTimeout(timer)

    function close(): void {
      stay()
      wanted = false
      card?.remove()
      card = undefined
      anchor.removeAttribute('aria-describedby')
      window.removeEventListener('keydown', key, true)
      window.removeEventListener('pointerdown', elsewhere, true)
      window.removeEventListener('scroll', close, true)
    }

    async function open(): Promise<void> {
      stay()
      if (wanted) return
      wanted = true
      const mine = ++turn
      const meaning = await meaningOf(term)
      // Closed meanwhile, and perhaps asked for again.
      if (!wanted || mine !== turn) return
      if (meaning === '' || !anchor.isConnected) {
        wanted = false
        return
      }
      card = cardOf(term, meaning)
      card.addEventListener('pointerenter', stay)
      card.addEventListener('pointerleave', leave)
      hostOf(anchor).append(card)
      card.showPopover()
      place(card, anchor.getBoundingClientRect())
      anchor.setAttribute('aria-describedby', card.id)
      window.addEventListener('keydown', key, true)
      window.addEventListener('pointerdown', elsewhere, true)
      window.addEventListener('scroll', close, true)
    }

    /** Escape closes the card alone, not what it lies in. */
    function key(event: KeyboardEvent): void {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      event.preventDefault()
      dismissed = anchor.matches(':hover')
      close()
    }

    function elsewhere({ target }: PointerEvent): void {
      if (target instanceof Node && !anchor.contains(target) && !card?.contains(target)) close()
    }

    /** Not `pointerenter`: that comes, too, when the page scrolls a term under a pointer that rests. */
    const over = ({ pointerType }: PointerEvent) => pointerType === 'mouse' && !dismissed && void open()
    const out = ({ pointerType }: PointerEvent) => {
      dismissed = false
      if (pointerType === 'mouse') leave()
    }
    const focus = () => anchor.matches(':focus-visible') && void open()
    /** A tap on a term in a label explains it, and leaves the field alone. */
    const click = (event: Event) => {
      event.preventDefault()
      event.stopPropagation()
      void open()
    }
    const press = (event: KeyboardEvent) => (event.key === 'Enter' || event.key === ' ') && click(event)

    anchor.addEventListener('pointermove', over)
    anchor.addEventListener('pointerleave', out)
    anchor.addEventListener('focus', focus)
    anchor.addEventListener('blur', close)
    anchor.addEventListener('click', click)
    anchor.addEventListener('keydown', press)
    return () => {
      close()
      anchor.removeEventListener('pointermove', over)
      anchor.removeEventListener('pointerleave', out)
      anchor.removeEventListener('focus', focus)
      anchor.removeEventListener('blur', close)
      anchor.removeEventListener('click', click)
      anchor.removeEventListener('keydown', press)
    }
  }
}

function cardOf(term: TermName, meaning: string): HTMLElement {
  const card = document.createElement('div')
  card.id = `term-${++cards}`
  card.className = 'term-card'
  card.role = 'tooltip'
  card.popover = 'manual'
  const title = document.createElement('strong')
  title.textContent = sentence(term)
  card.append(title, ' ', meaning)
  return card
}

/** Not the label of a field, whose name the card would become part of; but the landmark or dialog that the term is in. */
const hostOf = (anchor: HTMLElement): Element =>
  anchor.closest('dialog, [role=dialog], [popover], section, header, main, .inkling') ?? document.body

/** Under the term, or above it where there is no room, within the window. */
function place(card: HTMLElement, { left, top, bottom }: DOMRect): void {
  const { width, height } = card.getBoundingClientRect()
  const below = bottom + GAP
  const fits = below + height + EDGE <= innerHeight
  card.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`
  card.style.top = `${fits ? below : Math.max(EDGE, top - GAP - height)}px`
}
