// Taught drawings: what is kept outlives the visit, two tabs share it, and where the browser refuses nothing is lost meanwhile.

import * as fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Undo } from '../src/app/run/undo.svelte'
import type { DrawingStore, TaughtDrawing } from '../src/app/teaching/drawing-store'
import { FineTuneState, formatRead, tellFineTuning } from '../src/app/teaching/fine-tune-state.svelte'
import { TaughtDrawings } from '../src/app/teaching/taught-drawings.svelte'
import type { Stroke } from '../src/data/drawing'
import { MAX_BYTES, MAX_DRAWINGS, MAX_POINTS, MAX_STROKES } from '../src/data/drawings-file'
import type { FineTuning } from '../src/session/protocol'

const undo = new Undo()
beforeEach(() => undo.dismiss())

/** A browser's database: tabs that open it share it, and writing can be made to fail. */
class FakeStore {
  readonly held = new Map<string, string>()
  readonly #watchers: (() => void)[] = []
  trouble: DOMException | undefined

  /** The database as a tab has it. What goes through it is copied, as a database does. */
  open(): DrawingStore {
    let own: () => void = () => {}
    return {
      read: () => {
        if (this.trouble) return Promise.reject(this.trouble)
        return Promise.resolve([...this.held.values()].map((text): TaughtDrawing => JSON.parse(text)))
      },
      write: (changes) => {
        if (this.trouble) return Promise.reject(this.trouble)
        for (const [id, drawing] of Object.entries(changes)) {
          if (drawing) this.held.set(id, JSON.stringify(drawing))
          else this.held.delete(id)
        }
        for (const tell of this.#watchers) if (tell !== own) tell()
        return Promise.resolve()
      },
      watch: (changed) => this.#watchers.push((own = changed)),
    }
  }
}

const line = (i: number): Stroke[] => [[{ x: 0.1, y: 0.1 }, { x: i / 2000, y: 0.9 }]] // prettier-ignore
const labels = (taught: TaughtDrawings) => taught.drawings.map(({ label }) => label).sort()
const file = (name: string, text: string) => ({ name, size: text.length, text: () => Promise.resolve(text) })
const many = (count: number, from = 0) =>
  JSON.stringify(Array.from({ length: count }, (_, i) => ({ label: i % 10, strokes: [[[0.1, 0.1], [(i + from) / 2000, 0.9]]] }))) // prettier-ignore
const full = new DOMException('no room', 'QuotaExceededError')

describe('keeping', () => {
  test('a drawing is there at the next visit, and a message confirms it', async () => {
    const store = new FakeStore()
    const taught = new TaughtDrawings(store.open(), undo)
    await taught.keep(line(1), 8)
    expect(taught.told).toBe('Kept as an 8.')
    expect(taught.labelOf(line(1))).toBe(8)
    expect(taught.labelOf(line(2))).toBeUndefined()

    const later = new TaughtDrawings(store.open(), undo)
    await vi.waitFor(() => expect(later.drawings).toHaveLength(1))
    expect(later.drawings[0]).toEqual(taught.drawings[0])
    expect(later.drawings[0].strokes).toEqual(line(1))
  })

  test('the same drawing again takes the new label, and a different one is added', async () => {
    const taught = new TaughtDrawings(new FakeStore().open(), undo)
    await taught.keep(line(1), 1)
    await taught.keep(line(1), 7)
    expect(labels(taught)).toEqual([7])
    expect(taught.told).toBe('Kept as a 7 instead of a 1.')
    await taught.keep(line(1), 7)
    expect(taught.told).toBe('It is kept as a 7 already.')
    await taught.keep([...line(1), ...line(2)], 7)
    await taught.keep([[...line(1)[0], { x: 0.5, y: 0.5 }]], 7)
    expect(labels(taught)).toEqual([7, 7, 7])
  })

  test('any two drawings that differ in four decimals are kept apart', () => {
    const coordinate = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 10_000)
    const point = fc.record({ x: coordinate, y: coordinate })
    // Wide enough that it stays where it is.
    const drawing = fc
      .array(fc.array(point, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
      .map((strokes) => [...strokes, ...line(1)])
    return fc.assert(
      fc.asyncProperty(drawing, drawing, async (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b))
        const taught = new TaughtDrawings(new FakeStore().open(), undo)
        await taught.keep(a, 0)
        await taught.keep(b, 1)
        expect(labels(taught)).toEqual([0, 1])
      }),
      { numRuns: 50 },
    )
  })

  test('every change can be undone, and done again', async () => {
    const store = new FakeStore()
    const taught = new TaughtDrawings(store.open(), undo)
    const there = async (...expected: number[]) => {
      await vi.waitFor(() => expect(labels(taught)).toEqual(expected))
      expect(store.held.size).toBe(expected.length)
    }
    await taught.keep(line(1), 1)
    await undo.takeBack()
    await there()
    await undo.takeBack()
    await there(1)
    await taught.keep(line(1), 2)
    await undo.takeBack()
    await there(1)
    await taught.keep(line(2), 2)
    await taught.delete(taught.drawings.find(({ label }) => label === 2)!)
    await there(1)
    await undo.takeBack()
    await there(1, 2)
    await taught.deleteAll()
    expect(taught.told).toBe('Deleted 2 drawings.')
    await there()
    await taught.import(file('bad.json', '{'))
    await undo.takeBack()
    await there(1, 2)
    await taught.import(file('d.json', many(3)))
    await undo.takeBack()
    await there(1, 2)
  })

  test('the newest comes first', async () => {
    vi.useFakeTimers()
    const taught = new TaughtDrawings(new FakeStore().open(), undo)
    for (const label of [1, 2, 3]) {
      vi.setSystemTime(1000 * label)
      await taught.keep(line(label), label)
    }
    vi.useRealTimers()
    expect(taught.drawings.map(({ label }) => label)).toEqual([3, 2, 1])
  })

  test('limits are reported, and change nothing', async () => {
    const taught = new TaughtDrawings(new FakeStore().open(), undo)
    await taught.keep(
      Array.from({ length: MAX_STROKES + 1 }, () => line(1)[0]),
      1,
    )
    expect(taught.refused?.why).toMatch(/201 strokes; at most 200/)
    await taught.keep([Array.from({ length: MAX_POINTS + 1 }, () => ({ x: 0, y: 0 }))], 1)
    expect(taught.refused?.why).toMatch(/5,001 points; at most 5,000/)
    expect(taught.drawings).toEqual([])

    await taught.import(file('d.json', many(MAX_DRAWINGS)))
    expect(taught.refused).toBeUndefined()
    expect(taught.drawings).toHaveLength(MAX_DRAWINGS)
    await taught.keep(line(1999), 1)
    expect(taught.refused?.why).toMatch(/1,000 drawings are kept.*Delete some first/)
    await taught.keep(line(3), 9) // one that is there can still get another label
    expect(taught.labelOf(line(3))).toBe(9)
    expect(taught.drawings).toHaveLength(MAX_DRAWINGS)
  })
})

describe('two tabs', () => {
  test('see each other’s drawings, and lose none that are kept at the same time', async () => {
    const store = new FakeStore()
    const [a, b] = [new TaughtDrawings(store.open(), undo), new TaughtDrawings(store.open(), undo)]
    await Promise.all([a.keep(line(1), 1), b.keep(line(2), 2), a.keep(line(3), 3), b.keep(line(4), 4)])
    for (const tab of [a, b]) await vi.waitFor(() => expect(labels(tab)).toEqual([1, 2, 3, 4]))
    await a.delete(a.drawings[0])
    await vi.waitFor(() => expect(b.drawings).toHaveLength(3))
    const [before] = b.drawings
    await a.keep(line(5), 5)
    await vi.waitFor(() => expect(b.drawings).toHaveLength(4))
    expect(b.drawings.find(({ id }) => id === before.id)).toBe(before) // the same object: nothing is drawn again
  })
})

describe('a browser that stores nothing', () => {
  test.each([
    ['refused', new DOMException('denied', 'SecurityError'), /allows no storage/],
    ['full', full, /storage is full/],
  ])('%s: they are kept for the visit, the page says so, and the next change tries again', async (_, trouble, why) => {
    const store = new FakeStore()
    store.trouble = trouble
    const taught = new TaughtDrawings(store.open(), undo)
    await taught.keep(line(1), 1)
    await taught.keep(line(2), 2)
    expect(labels(taught)).toEqual([1, 2])
    expect(taught.unsaved).toMatch(why)
    expect(taught.export()).toContain('"label":2')

    store.trouble = undefined
    await taught.keep(line(3), 3)
    expect(taught.unsaved).toBeUndefined()
    expect(store.held.size).toBe(3)
  })

  test('says nothing as long as there is nothing to store', async () => {
    const store = new FakeStore()
    store.trouble = full
    const taught = new TaughtDrawings(store.open(), undo)
    await taught.import(file('bad.json', '[]')) // after the first reading
    expect(taught.unsaved).toBeUndefined()
  })

  test('stored drawings stay, and a failed deletion is reported', async () => {
    const store = new FakeStore()
    const taught = new TaughtDrawings(store.open(), undo)
    await taught.keep(line(1), 1)
    store.trouble = full
    await taught.keep(line(2), 2)
    await taught.delete(taught.drawings.find(({ label }) => label === 1)!)
    expect(labels(taught)).toEqual([2])
    expect(taught.unsaved).toMatch(/full/)
    expect(store.held.size).toBe(1)
  })
})

describe('files', () => {
  test('exported drawings are imported elsewhere, without duplicates', async () => {
    const taught = new TaughtDrawings(new FakeStore().open(), undo)
    for (const label of [3, 1, 2]) await taught.keep(line(label), label)
    const other = new TaughtDrawings(new FakeStore().open(), undo)
    await other.import(file('d.json', taught.export()))
    expect(other.told).toBe('Imported 3 drawings from d.json.')
    expect(other.export()).toBe(taught.export())
    await other.import(file('d.json', taught.export()))
    expect(other.told).toMatch(/3 of them had been here/)
    expect(other.export()).toBe(taught.export())
  })

  test('a bad one is refused as a whole, with a reason', async () => {
    const taught = new TaughtDrawings(new FakeStore().open(), undo)
    await taught.keep(line(1), 1)
    const before = taught.drawings
    const text = vi.fn(() => Promise.resolve(''))
    for (const [bad, why] of [
      [file('d.json', 'hello'), /^d\.json: this is not JSON/],
      [file('d.json', many(3).replace('"label":2', '"label":12')), /^d\.json: drawing 3 has the label 12/],
      [file('d.json', many(MAX_DRAWINGS, 500)), /1,000 are new, and there is room for 999/],
      [file('d.json', many(MAX_DRAWINGS + 1)), /at most 1,000/],
      [{ name: 'd.json', size: MAX_BYTES + 1e5, text }, /^d\.json: it has 20\.1 MB; files of at most 20\.0 MB/],
      [{ ...file('d.json', ''), text: () => Promise.reject(new Error('The file is gone.')) }, /^The file is gone/],
    ] as const) {
      await taught.import(bad)
      expect(taught.refused).toMatchObject({ what: 'import', why: expect.stringMatching(why) })
      expect(taught.drawings).toEqual(before)
    }
    expect(text).not.toHaveBeenCalled()
  })
})

describe('fine-tuning', () => {
  const result: FineTuning = {
    before: { testAccuracy: 0.978, drawings: [true, false, false] },
    after: { testAccuracy: 0.9753, drawings: [true, true, false] },
    steps: 100,
    seconds: 2,
  }
  const drawing = { strokes: line(1), label: 1 }

  test('shows the last result until the network changes', async () => {
    let done: (result: FineTuning | undefined) => void = () => {}
    const fineTune = vi.fn(() => new Promise<FineTuning | undefined>((resolve) => (done = resolve)))
    const changed = vi.fn()
    const tuner = new FineTuneState({ fineTune, undoFineTuning: () => Promise.resolve(true) }, changed)
    const first = tuner.start([{ ...drawing, id: 'x', time: 1 } as typeof drawing])
    expect(fineTune).toHaveBeenCalledWith([drawing])
    await tuner.start([drawing])
    await tuner.undo()
    expect(fineTune).toHaveBeenCalledTimes(1)
    done(result)
    await first
    expect(tuner.result).toBe(result)
    expect(changed).toHaveBeenCalledTimes(1)
    tuner.forget()
    expect(tuner.result).toBeUndefined()
  })

  test('undo restores the old network, and failures are reported', async () => {
    const session = {
      fineTune: vi.fn(() => Promise.resolve<FineTuning | undefined>(result)),
      undoFineTuning: vi.fn(() => Promise.resolve(true)),
    }
    const tuner = new FineTuneState(session, () => {})
    await tuner.start([drawing])
    await tuner.undo()
    expect([tuner.result, tuner.told]).toEqual([undefined, 'The network is as it was before.'])
    await tuner.start([drawing])
    session.undoFineTuning.mockResolvedValue(false)
    await tuner.undo()
    expect(tuner.told).toMatch(/no earlier network/)
    session.fineTune.mockResolvedValue(undefined)
    await tuner.start([drawing])
    expect(tuner.told).toMatch(/not fine-tuned/)
  })

  test('says what the network learnt and forgot', () => {
    expect(formatRead(result.before.drawings)).toBe('1 of 3')
    expect(tellFineTuning(result)).toBe('It learned to read 1 of your drawings, and forgot 0.27% of the test set.')
    const back = { ...result, before: result.after, after: result.before }
    expect(tellFineTuning(back)).toBe(
      'It did not learn the drawings that it misreads, misreads 1 that it could read, and reads 0.27% more of the test set.',
    )
    const same = { ...result.before, drawings: [true] }
    expect(tellFineTuning({ ...result, before: same, after: same })).toBe(
      'It could read all of your drawings before, and forgot nothing of the test set.',
    )
  })
})
