// The taught drawings: labelled by a person and stored in the browser. Every change can be taken back.

import type { Stroke } from '../../data/drawing'
import {
  fitIntoPad,
  MAX_BYTES,
  MAX_DRAWINGS,
  parseDrawings,
  sizeIssue,
  writeDrawings,
  type FileDrawing,
} from '../../data/drawings-file'
import type { Changes, DrawingStore, TaughtDrawing } from './drawing-store'
import { mnist } from '../../datasets'
import { oneOf } from '../../ui/class-words'
import { formatCount } from '../../ui/format'
import { refusalOf } from '../../ui/refusal'
import type { Change, Undo } from '../run/undo.svelte'

/** How a change can be taken back. */
type Way = Pick<Change, 'name' | 'here'>

/** The part of a File that `import` uses. */
export interface TextFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  text(): Promise<string>
}

export class TaughtDrawings {
  /** What the last change did. */
  told = $state<string>()
  /** What was refused last, and why. */
  refused = $state.raw<{ readonly what: 'keep' | 'import'; readonly why: string }>()
  /** Why the browser stores nothing, as the end of a sentence. */
  #trouble = $state<string>()

  /** The known content of the store. */
  #stored = $state.raw<Readonly<Record<string, TaughtDrawing>>>({})
  /** Changes that the store does not have yet. */
  #waiting = $state.raw<Changes>({})
  /** Ends when all writes and reads so far have ended: they run one after the other. */
  #queue: Promise<void> = Promise.resolve()

  readonly #all: Changes = $derived({ ...this.#stored, ...this.#waiting })
  /** All drawings, newest first. */
  readonly drawings = $derived(
    Object.values(this.#all)
      .filter((drawing) => drawing !== undefined)
      .sort((a, b) => b.time - a.time),
  )
  /** Why the last changes are lost when the page closes; undefined if they are stored. */
  readonly unsaved = $derived(Object.keys(this.#waiting).length > 0 ? this.#trouble : undefined)

  readonly #store: DrawingStore
  readonly #undo: Undo

  constructor(store: DrawingStore, undo: Undo) {
    this.#store = store
    this.#undo = undo
    void this.#sync()
    store.watch(() => void this.#sync())
  }

  /** The label of a taught drawing with exactly these strokes; undefined if there is none. */
  labelOf(strokes: readonly Stroke[]): number | undefined {
    return this.#all[idOf(fitIntoPad(strokes))]?.label
  }

  /** Teaches a drawing with its label. A drawing that is taught already takes the new label. */
  async keep(drawn: readonly Stroke[], label: number): Promise<void> {
    const [drawing] = labelled([{ strokes: drawn, label }])
    const before = this.#all[drawing.id]
    const size = sizeIssue(drawn)
    if (size) return this.#refuse('keep', `This drawing ${size}. Clear it, and draw it with fewer.`)
    if (before?.label === label) {
      this.#undo.expire('drawings')
      return this.#tell(`It is kept as ${digitName(label)} already.`)
    }
    if (!before && this.drawings.length >= MAX_DRAWINGS) {
      return this.#refuse(
        'keep',
        `${formatCount(MAX_DRAWINGS)} drawings are kept, which is all there is room for. Delete some first.`,
      )
    }
    const instead = before ? ` instead of ${digitName(before.label)}` : ''
    await this.#change({ [drawing.id]: drawing }, `Kept as ${digitName(label)}${instead}.`, { here: true })
  }

  async delete({ id, label }: TaughtDrawing): Promise<void> {
    await this.#change({ [id]: undefined }, `Deleted the drawing of ${digitName(label)}.`)
  }

  async deleteAll(): Promise<void> {
    const count = this.drawings.length
    const changes = Object.fromEntries(this.drawings.map(({ id }) => [id, undefined]))
    await this.#change(changes, `Deleted ${formatDrawings(count)}.`)
  }

  /** The text of a file with all drawings, oldest first. */
  export(): string {
    return writeDrawings(this.drawings.toReversed().map(({ label, strokes }) => ({ label, strokes })))
  }

  /** Adds the drawings of a file, all or none. Reports an error in the file. */
  async import(file: TextFile): Promise<void> {
    try {
      if (file.size > MAX_BYTES) {
        const sizes = `${formatMegabytes(file.size)}; files of at most ${formatMegabytes(MAX_BYTES)} are read`
        throw new Error(`${file.name}: it has ${sizes}.`)
      }
      const drawings = labelled(parseDrawings(await file.text(), file.name))
      await this.#queue // the drawings of earlier visits count too
      const changes = Object.fromEntries(drawings.map((drawing) => [drawing.id, drawing]))
      const count = Object.keys(changes).length
      const all = this.#all
      const known = Object.keys(changes).filter((id) => all[id]).length
      const relabelled = Object.keys(changes).filter((id) => all[id] && all[id].label !== changes[id].label).length
      const room = MAX_DRAWINGS - this.drawings.length
      if (count - known > room) {
        throw new Error(
          `${file.name}: of its ${formatDrawings(drawings.length)} ${formatCount(count - known)} are new, and there is room for ${formatCount(room)}. Delete some first.`,
        )
      }
      const here = known > 0 ? `; ${formatCount(known)} of them had been here` : ''
      const labels = relabelled > 0 ? `, and ${formatCount(relabelled)} took the labels of the file` : ''
      await this.#change(changes, `Imported ${formatDrawings(count)} from ${file.name}${here}${labels}.`)
    } catch (error) {
      this.#refuse('import', error instanceof Error ? error.message : String(error))
    }
  }

  /** Makes changes, and offers to take them back; after that, to make them again. */
  async #change(changes: Changes, text: string, { name = 'Undo', here = false }: Way = {}): Promise<boolean> {
    const before = this.#all
    const back = Object.fromEntries(Object.keys(changes).map((id) => [id, before[id]]))
    this.#waiting = { ...this.#waiting, ...changes }
    this.refused = undefined
    const opposite = name === 'Undo' ? (['Undone.', 'Redo'] as const) : (['Done again.', 'Undo'] as const)
    const takeBack = () => this.#change(back, opposite[0], { name: opposite[1], here })
    this.#undo.offer({ of: 'drawings', text, name, here, takeBack })
    await this.#sync()
    this.#tell(text)
    return true
  }

  #tell(text: string): void {
    this.told = text
    this.refused = undefined
  }

  #refuse(what: 'keep' | 'import', why: string): void {
    this.refused = { what, why }
  }

  /** Writes the waiting changes, then reads the store, which another tab may have changed. After an error the changes keep waiting. */
  #sync(): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      const written = this.#waiting
      try {
        if (Object.keys(written).length > 0) await this.#store.write(written)
        const found = await this.#store.read()
        // An unchanged drawing stays the same object, so that the page does not draw it again.
        const all = this.#all
        const same = (drawing: TaughtDrawing, known = all[drawing.id]) =>
          known?.label === drawing.label && known.time === drawing.time ? known : drawing
        this.#stored = Object.fromEntries(found.map((drawing) => [drawing.id, same(drawing)]))
        this.#waiting = Object.fromEntries(
          Object.entries(this.#waiting).filter(([id, drawing]) => !(id in written) || written[id] !== drawing),
        )
        this.#trouble = undefined
      } catch (error) {
        this.#trouble = refusalOf(error)
      }
    })
    return this.#queue
  }
}

/** Drawings of a file in the form of the store. Their times keep the order of the file. */
function labelled(drawings: readonly FileDrawing[]): TaughtDrawing[] {
  const now = Date.now()
  return drawings.map(({ label, strokes }, i) => {
    const fitted = fitIntoPad(strokes)
    return { id: idOf(fitted), time: now - (drawings.length - 1 - i), label, strokes: fitted }
  })
}

/** 64 bits of two multiplicative hashes (FNV-1a's form) over the coordinates in ten-thousandths. */
function idOf(strokes: readonly Stroke[]): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9]
  const add = (value: number) => {
    a = Math.imul(a ^ value, 0x01000193)
    b = Math.imul(b ^ value, 0x85ebca6b)
    b ^= b >>> 15
  }
  for (const stroke of strokes) {
    add(stroke.length)
    for (const { x, y } of stroke) {
      add(Math.round(x * 1e4))
      add(Math.round(y * 1e4))
    }
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

/** A class in words: only digits can be drawn. */
const digitName = (label: number) => oneOf(mnist, label)
const formatDrawings = (count: number) => `${formatCount(count)} ${count === 1 ? 'drawing' : 'drawings'}`
const formatMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
