// The spec that the page edits, with what is wrong in it, and the address that says the same.

import { presets } from '../../model/presets'
import { specIssues, summarise, type Spec } from '../../model/spec'
import type { BackendChoice } from '../../session/protocol'
import type { Mending } from '../../ui/mending'
import { presetOf } from './config'
import { readLink, writeLink } from './link'
import { mendOf, nameOfField } from './mend'

/** The address of the page, as far as it says what to train and on what. */
export interface Address {
  /** Its query as it stands: empty, or from `?` on. */
  readonly search: string
  /** Replaces the query. */
  replace(query: string): void
}

/** What was edited. */
export interface Edit {
  readonly change: Partial<Spec>
  /** All of it, by another run's settings or a preset's. */
  readonly whole: boolean
}

export class Draft {
  /** It may be invalid for as long as someone types. */
  spec = $state.raw<Spec>(presets[0].spec)
  /** The backend that the person chose. */
  choice = $state<BackendChoice>('auto')

  readonly issues = $derived(specIssues(this.spec))
  /** What else is to be done before a network can be trained, in a few words: where it is done says more. */
  first = $state<string>()
  readonly valid = $derived(this.issues.length === 0 && this.first === undefined)
  readonly preset = $derived(presetOf(this.spec))
  readonly summary = $derived(summarise(this.spec))
  /** The first field to correct, by its name on the page. */
  readonly wrong = $derived(this.issues.length > 0 ? nameOfField(this.spec, this.issues[0].field) : this.first)
  /** Path of the field that someone asked to correct, until the settings show it. */
  wanted = $state<string>()
  /** What of the address could not be followed, in words. */
  readonly warnings: readonly string[]
  /** The address as it was, where its data set is one of a person's own that is not here, and the set's id. */
  #awaited: { readonly id: string; readonly search: string } | undefined

  readonly #address: Address
  readonly #changed: (edit: Edit | undefined) => void

  /** `changed` is told when the draft is another valid one: by an edit, or undefined where it was taken over from a run. */
  constructor(address: Address, changed: (edit: Edit | undefined) => void) {
    this.#address = address
    this.#changed = changed
    const { spec, choice, warnings, awaited } = readLink(address.search)
    this.#awaited = awaited === undefined ? undefined : { id: awaited, search: address.search }
    this.spec = spec
    this.choice = choice
    this.warnings = warnings
    this.#keepLink()
  }

  /** What is wrong with a field, by its path in the spec. */
  issue(field: string): string | undefined {
    return this.issues.find((issue) => issue.field === field)?.message
  }

  /** A button that mends what is wrong with a field. */
  mend(field: string): Mending | undefined {
    const issue = this.issues.find((issue) => issue.field === field)
    const mend = issue && mendOf(this.spec, issue)
    return mend && { label: mend.label, apply: () => this.edit(mend.change) }
  }

  /** Asks the settings to open at the first field to correct. */
  showIssue(): void {
    this.wanted = this.issues.at(0)?.field
  }

  /** Changes some fields. */
  edit(change: Partial<Spec>): void {
    this.#set({ ...this.spec, ...change }, { change, whole: false })
  }

  /** Puts other settings in the place of all: a preset's, or those of a past run. */
  replace(spec: Spec): void {
    this.#set(spec, { change: spec, whole: true })
  }

  /** Takes over what a run is made of. */
  take(spec: Spec): void {
    this.#set(spec, undefined)
  }

  /** A data set has come to be known: if the address named it, its settings are taken now. */
  came(id: string): void {
    if (id !== this.#awaited?.id) return
    const { spec } = readLink(this.#awaited.search)
    this.#awaited = undefined
    this.replace(spec)
  }

  choose(choice: BackendChoice): void {
    this.choice = choice
    this.#keepLink()
  }

  #set(spec: Spec, edit: Edit | undefined): void {
    this.#awaited = undefined // what a person does since is newer than the link
    this.spec = spec
    if (!this.valid) return
    this.#keepLink()
    this.#changed(edit)
  }

  #keepLink(): void {
    if (this.valid) this.#address.replace(writeLink(this.#address.search, this.spec, this.choice))
  }
}
