// Messages to the person, shown until read or outdated. State of what is wrong is in the run's view, not here.

import type { Divergence, Problem, SessionEvent } from '../../session/protocol'

/** Kinds that are no problems of the session: they stay until read. */
const own = ['link', 'worker', 'code'] as const

/** A message to the person, with the button that helps. */
export interface Notice {
  /** A problem of the session, or one of the page: its address, its worker, code of it that could not be loaded. */
  readonly kind: Problem['kind'] | (typeof own)[number]
  readonly message: string
  /** Data that another attempt cannot bring. */
  readonly lasting?: boolean
  /** What `recover` needs, for a diverged run. */
  readonly divergence?: Divergence
}

export class Notices {
  /** The newest last. */
  shown = $state.raw<readonly Notice[]>([])

  /** Shows a message in place of the last of its kind. */
  tell(kind: Exclude<Notice['kind'], 'diverged'>, message: string, lasting = false): void {
    if (this.shown.some((notice) => notice.kind === kind && notice.message === message)) return // read out once
    this.#replace({ kind, message, lasting })
  }

  /** Shows several messages of one kind. */
  tellAll(kind: Notice['kind'], messages: readonly string[]): void {
    this.shown = [...this.shown, ...messages.map((message) => ({ kind, message }))]
  }

  dismiss(notice: Notice): void {
    this.shown = this.shown.filter((other) => other !== notice)
  }

  /** Removes messages of some kinds. */
  clear(...kinds: readonly Notice['kind'][]): void {
    this.shown = this.shown.filter(({ kind }) => !kinds.includes(kind))
  }

  /** Handles an event. `problems`: the present ones after it. Messages of others go. */
  heard(event: SessionEvent, problems: readonly Problem[]): void {
    this.follow(problems)
    if (event.type !== 'problem') return
    const { problem } = event
    if (problem.kind !== 'diverged') return this.tell(problem.kind, problem.message, problem.lasting)
    this.#replace({ kind: 'diverged', message: problem.message, divergence: problem })
  }

  /** Removes messages of problems that are over. */
  follow(problems: readonly Problem[]): void {
    const standing: readonly Notice['kind'][] = [...own, ...problems.map(({ kind }) => kind)]
    const stands = ({ kind }: Notice) => standing.includes(kind)
    if (!this.shown.every(stands)) this.shown = this.shown.filter(stands)
  }

  #replace(notice: Notice): void {
    this.shown = [...this.shown.filter(({ kind }) => kind !== notice.kind), notice]
  }
}
