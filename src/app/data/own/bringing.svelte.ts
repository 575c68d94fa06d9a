// Files that a person brings: read in a thread of their own, looked at, and taken as a data set.

import { proxy } from 'comlink'
import { blobOf } from '../../../datasets/own/read/brought'
import type { BroughtAnswers, Survey, TakenData } from '../../../datasets/own/read/types'
import type { PathedFile } from './dropped'
import { startReader, type Reader } from './reader'

/** Where reading stands. */
type Stage = 'waiting' | 'surveying' | 'asking' | 'taking' | 'taken'

export class Bringing {
  stage = $state<Stage>('waiting')
  survey = $state.raw<Survey>()
  /** As the person gives them; at first those that the survey proposes. */
  answers = $state.raw<BroughtAnswers>()
  /** How far taking is, from 0 to 1. */
  progress = $state(0)
  taken = $state.raw<TakenData>()
  /** Why nothing was taken, and what to do. */
  problem = $state<string>()

  #files: readonly PathedFile[] = []
  #reader: Reader | undefined
  /** Counts what was asked for, so that a late answer is dropped. */
  #turn = 0

  /** Looks at other files. */
  async open(files: readonly PathedFile[]): Promise<void> {
    this.stop()
    this.#files = files
    this.survey = this.answers = this.taken = undefined
    await this.#look()
  }

  /** Answers a question. A table is looked at again, as its columns may be others. */
  async answer(change: Partial<BroughtAnswers>): Promise<void> {
    if (!this.answers) return
    this.answers = { ...this.answers, ...change } as BroughtAnswers
    if (this.answers.kind === 'table') await this.#look(this.answers)
  }

  /** Takes the data set as the answers say. */
  async take(): Promise<void> {
    const { answers } = this
    if (!answers || this.stage !== 'asking') return
    const turn = ++this.#turn
    this.stage = 'taking'
    this.problem = undefined
    this.progress = 0
    const told = proxy((done: number, total: number) => {
      if (turn === this.#turn) this.progress = total > 0 ? done / total : 0
    })
    try {
      const taken = await this.#thread.take(this.#blobs, answers, told)
      if (turn !== this.#turn) return
      this.taken = taken
      this.stage = 'taken'
    } catch (error) {
      this.#failed(turn, error, 'asking')
    }
  }

  /** Ends what goes on; the answers stay. */
  stop(): void {
    this.#turn++
    this.#reader?.end()
    this.#reader = undefined
    this.stage = this.survey ? 'asking' : 'waiting'
    this.problem = undefined
  }

  async #look(answers?: BroughtAnswers): Promise<void> {
    const turn = ++this.#turn
    if (!answers) this.stage = 'surveying'
    this.problem = undefined
    try {
      const survey = await this.#thread.survey(this.#blobs, answers)
      if (turn !== this.#turn) return
      this.survey = survey
      this.answers = survey.proposed // with the answers that were given, as far as they suit
      this.stage = 'asking'
    } catch (error) {
      this.#failed(turn, error, answers ? 'asking' : 'waiting')
    }
  }

  #failed(turn: number, error: unknown, stage: Stage): void {
    if (turn !== this.#turn) return
    this.problem = error instanceof Error ? error.message : String(error)
    this.stage = stage
  }

  get #blobs() {
    return this.#files.map(({ path, file }) => blobOf(file, path))
  }

  get #thread(): Reader['thread'] {
    this.#reader ??= startReader((message) => this.#failed(this.#turn, new Error(message), 'waiting'))
    return this.#reader.thread
  }
}
