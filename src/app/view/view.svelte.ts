// What of the page is in sight: the tab, the settings, the charts. The address names the tab.

import { MediaQuery } from 'svelte/reactivity'

/** Tabs of the Network pane. `draw` is one only on a phone, where pad and answer take the pane's place. */
export const tabIds = ['draw', 'inside', 'mistakes', 'compare', 'engineer', 'take'] as const
export type TabId = (typeof tabIds)[number]

/** Parts of the tab `engineer`. */
export type EngineerPart = 'health' | 'kernels'

/** The tab that each address opens: tabs, parts of a tab, and old addresses. */
const places: Readonly<Record<string, { readonly tab: TabId; readonly part?: EngineerPart }>> = {
  ...Object.fromEntries(tabIds.map((tab) => [tab, { tab }])),
  network: { tab: 'inside' },
  results: { tab: 'mistakes' },
  runs: { tab: 'compare' },
  files: { tab: 'take' },
  health: { tab: 'engineer', part: 'health' },
  kernels: { tab: 'engineer', part: 'kernels' },
}

/** Tabs behind the button `More` on a phone. */
export const moreTabs: readonly TabId[] = ['compare', 'engineer', 'take']

/** Whether a tab is behind `More` on a phone. */
export const isMore = (tab: TabId): boolean => moreTabs.includes(tab)

/** A phone, upright or on its side. The style sheets say the same. */
const PHONE = '(max-width: 47.99rem) or (max-height: 29.99rem)'

/** The fragment of the page's address. */
export interface Fragment {
  /** From `#` on, or empty. */
  readonly hash: string
  /** Replaces it; empty for none. */
  replace(hash: string): void
}

export class View {
  /** The settings are open. */
  settings = $state(false)
  /** The settings were last seen in full. */
  expert = $state(false)
  /** The charts are open. */
  charts = $state(false)

  #chosen = $state<TabId>()
  #part = $state<EngineerPart>('health')
  readonly #phone = new MediaQuery(PHONE)
  readonly #fragment: Fragment

  constructor(fragment: Fragment) {
    this.#fragment = fragment
    this.follow()
  }

  /** A small screen: pad and answer are a tab. */
  get phone(): boolean {
    return this.#phone.current
  }

  /** The tab in sight. */
  get tab(): TabId {
    if (this.phone) return this.#chosen ?? 'draw'
    return this.#chosen === undefined || this.#chosen === 'draw' ? 'inside' : this.#chosen
  }

  /** The part of `engineer` in sight. */
  get part(): EngineerPart {
    return this.#part
  }

  show(tab: TabId, part?: EngineerPart): void {
    this.#chosen = tab
    if (part) this.#part = part
    this.#fragment.replace(this.hash)
  }

  /** Names the tab in sight in an address; empty for the first one. */
  get hash(): string {
    const { tab } = this
    if (tab === (this.phone ? 'draw' : 'inside')) return ''
    return `#${tab === 'engineer' ? this.#part : tab}`
  }

  /** Goes where the address points. */
  follow(): void {
    const place = Object.hasOwn(places, this.#fragment.hash.slice(1)) && places[this.#fragment.hash.slice(1)]
    if (!place) return
    this.#chosen = place.tab
    if (place.part) this.#part = place.part
  }
}
