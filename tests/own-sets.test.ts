// The page's list of data sets of one's own, on a scripted database; and networks of such data in links and files.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { OwnSets } from '../src/app/data/own/own-sets.svelte'
import { Undo } from '../src/app/run/undo.svelte'
import { Draft } from '../src/app/spec/draft.svelte'
import { readLink } from '../src/app/spec/link'
import { addDataset, findDataset } from '../src/datasets'
import type { Dataset, Input } from '../src/datasets/dataset'
import { withExample, type Content } from '../src/datasets/own/content'
import { ownDataset } from '../src/datasets/own/dataset'
import type { KeptDatasets } from '../src/datasets/own/kept'
import { sorted } from '../src/datasets/own/read/sort'
import { FormatError } from '../src/formats/error'
import { readNetwork, writeNetwork } from '../src/formats/network'
import { writeSafetensors } from '../src/formats/safetensors'
import { layOut } from '../src/model/parameters'
import { presetsFor } from '../src/model/presets'
import { summarise } from '../src/model/spec'

const input: Input = { kind: 'image', height: 4, width: 4, channels: 1 }

/** Two classes of eight pictures; another seed makes other pictures, of an id that nothing knows. */
function content(seed: number): Content {
  const values = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i * 37 + Math.floor(i / 16) * 11 + seed) % 256)
  const labels = Uint8Array.from({ length: 16 }, (_, i) => i % 2)
  return sorted('test', { input, classes: ['a', 'b'], values, labels }, 0.25).content
}

/** A database in memory, whose next command may fail. */
class Kept implements KeptDatasets {
  readonly records = new Map<string, { dataset: Dataset; content: Content }>()
  readonly hidden = new Set<string>()
  failure: Error | undefined
  changed = () => {}

  list = () => this.#do(() => this.listed)
  get listed() {
    return [...this.records.values()].map(({ dataset }) => dataset).filter(({ id }) => !this.hidden.has(id))
  }

  read = (id: string) => this.#do(() => this.records.get(id)?.content)
  write = (dataset: Dataset, content: Content) =>
    this.#do(() => void this.records.set(dataset.id, { dataset, content }))
  samples = (id: string) => this.#do(() => [this.records.get(id)?.content.train.examples ?? new Uint8Array(0)])
  describe = (dataset: Dataset) =>
    this.#do(() => {
      const record = this.records.get(dataset.id)
      if (record) record.dataset = dataset
      this.hidden.delete(dataset.id)
    })
  hide = (id: string) => this.#do(() => void this.hidden.add(id))
  room = () => Promise.resolve({ used: this.records.size, most: 10 })
  watch = (changed: () => void) => void (this.changed = changed)

  #do<T>(work: () => T): Promise<T> {
    const { failure } = this
    this.failure = undefined
    return failure ? Promise.reject(failure) : Promise.resolve(work())
  }
}

let kept: Kept
let undo: Undo
let told: Dataset[]
let sets: OwnSets

beforeEach(async () => {
  kept = new Kept()
  undo = new Undo()
  told = []
  const session = { addDataset: (dataset: Dataset) => Promise.resolve(void told.push(dataset)) }
  sets = new OwnSets({ kept, session, undo })
  await sets.ready
})

const titles = () => sets.sets.map(({ title }) => title)

describe('the list', () => {
  it('knows what is kept, here and in the worker', async () => {
    const dataset = await sets.keep('Mine', content(1))
    expect(titles()).toEqual(['Mine'])
    await vi.waitFor(() => expect(sets.room).toEqual({ used: 1, most: 10 }))
    expect(findDataset(dataset?.id ?? '')).toBe(dataset)
    expect(told.at(-1)).toBe(dataset)
    expect(await sets.read(dataset?.id ?? '')).toEqual(content(1))
  })

  it('follows another tab', async () => {
    const other = ownDataset('Theirs', content(2))
    kept.records.set(other.id, { dataset: other, content: content(2) })
    kept.changed()
    await vi.waitFor(() => expect(titles()).toEqual(['Theirs']))
    kept.records.clear()
    kept.changed()
    await vi.waitFor(() => expect(titles()).toEqual([]))
    expect(findDataset(other.id), 'a network may still learn from it').toBe(other)
  })

  it('says that there is no room, and keeps nothing by half', async () => {
    kept.failure = new DOMException('full', 'QuotaExceededError')
    expect(await sets.keep('Mine', content(3))).toBeUndefined()
    expect(sets.problem).toMatch(/^There is no room left in this browser/)
    expect(titles()).toEqual([])
    expect(kept.records.size).toBe(0)
    expect(await sets.keep('Mine', content(3))).toBeDefined()
    expect(sets.problem).toBeUndefined()
  })

  it('says why another failure keeps nothing', async () => {
    kept.failure = new DOMException('denied', 'SecurityError')
    expect(await sets.keep('Mine', content(4))).toBeUndefined()
    expect(sets.problem).toBe('This browser does not keep it: denied. In a private window nothing can be kept.')
  })

  it('renames, and the id stays', async () => {
    const dataset = await sets.keep('Mine', content(5))
    if (!dataset) throw new Error('nothing was kept')
    await sets.rename(dataset, 'Yours')
    expect(titles()).toEqual(['Yours'])
    expect(findDataset(dataset.id)?.title).toBe('Yours')
    expect(kept.records.get(dataset.id)?.dataset.title).toBe('Yours')
  })

  it('deletes, and Undo brings it back', async () => {
    const dataset = await sets.keep('Mine', content(6))
    if (!dataset) throw new Error('nothing was kept')
    await sets.delete(dataset)
    expect([titles(), kept.listed]).toEqual([[], []])
    expect(undo.change?.text).toBe('Deleted Mine.')
    await undo.takeBack()
    expect(titles()).toEqual(['Mine'])
    expect(kept.listed).toEqual([dataset])
    expect(await sets.read(dataset.id)).toEqual(content(6))
  })

  it('puts a change in the place of what was there, until Undo brings back a run of that', async () => {
    const old = await sets.keep('Mine', content(7))
    if (!old) throw new Error('nothing was kept')
    const picture = new Uint8Array(16).fill(99)
    const more = withExample(content(7), picture, 1)
    const dataset = await sets.replace(old, 'Mine', more)
    expect(dataset).toMatchObject({ train: old.train + 1, test: old.test })
    expect(kept.listed).toEqual([dataset])
    await sets.used(old)
    expect(titles()).toHaveLength(2)
    expect(kept.listed).toContainEqual(old)
  })

  it('puts nothing in the place of what was there if there is no room', async () => {
    const old = await sets.keep('Mine', content(8))
    if (!old) throw new Error('nothing was kept')
    const write = vi.spyOn(kept, 'write').mockRejectedValueOnce(new DOMException('full', 'QuotaExceededError'))
    expect(await sets.replace(old, 'Mine', withExample(content(8), new Uint8Array(16), 0))).toBeUndefined()
    expect([...kept.records.keys()]).toEqual([old.id])
    write.mockRestore()
  })
})

describe('one more example', () => {
  it('is among those to train on, and none is lost', () => {
    const before = content(9)
    const picture = Uint8Array.from({ length: 16 }, (_, i) => i)
    const { train, test } = withExample(before, picture, 1)
    const rows = (bytes: ArrayLike<number>) =>
      Array.from({ length: bytes.length / 16 }, (_, i) => String(Array.from(bytes).slice(16 * i, 16 * (i + 1))))
    const at = rows(train.examples).indexOf(String([...picture]))
    expect(train.labels[at]).toBe(1)
    expect(at).toBeLessThan(train.labels.length - 1)
    expect(rows(train.examples).toSpliced(at, 1)).toEqual(rows(before.train.examples))
    expect([...train.labels].toSpliced(at, 1)).toEqual([...before.train.labels])
    expect(test).toBe(before.test)
  })
})

describe('a link to data of one’s own', () => {
  it('says what is missing where the data is not, and is followed when it comes', async () => {
    const coming = ownDataset('Mine', content(10))
    const search = `?dataset=${coming.id}&learningRate=0.123&backend=wasm`
    let address = search
    const draft = new Draft({ search, replace: (query) => (address = query) }, () => {})
    expect(draft.warnings).toHaveLength(1)
    expect(draft.warnings[0]).toMatch(/^The data that this link names is not in this browser/)
    expect([draft.spec.dataset, draft.choice]).toEqual(['mnist', 'wasm'])

    const session = { addDataset: () => Promise.resolve() }
    const there = new OwnSets({ kept, session, undo, came: ({ id }) => draft.came(id) })
    await there.keep('Mine', content(10))
    expect([draft.spec.dataset, draft.spec.learningRate]).toEqual([coming.id, 0.123])
    expect(new URLSearchParams(address).get('dataset')).toBe(coming.id)
    expect(readLink(search).awaited).toBeUndefined()
  })
})

describe('a network of data of one’s own', () => {
  /** A file of a network, with the id of a data set that nothing here knows. */
  function file(seed: number): { readonly bytes: Uint8Array; readonly id: string } {
    const dataset = ownDataset('Mine', content(seed))
    addDataset(dataset)
    const [{ spec }] = presetsFor(dataset)
    const { size, runningSize } = layOut(summarise(spec).layers)
    const learnt = { parameters: new Float32Array(size).fill(0.5), running: new Float32Array(runningSize) }
    const id = `own.${'0'.repeat(14)}${String(seed).padStart(2, '0')}`
    const text = Buffer.from(writeNetwork({ spec, learnt })).toString('latin1').replaceAll(dataset.id, id)
    return { bytes: Uint8Array.from(Buffer.from(text, 'latin1')), id }
  }

  it('is a file that opens where the data is not known', () => {
    const { bytes, id } = file(11)
    expect(findDataset(id)).toBeUndefined()
    expect(readNetwork(bytes).spec.dataset).toBe(id)
    expect(findDataset(id)).toMatchObject({ title: 'Mine', classes: ['a', 'b'], input })
  })

  it.each([
    ['no JSON', 'x'],
    ['no descriptor', '{}'],
    ['a set of the program', JSON.stringify({ ...ownDataset('Mine', content(13)), id: 'mnist' })],
    ['too many classes', JSON.stringify({ ...ownDataset('Mine', content(13)), classes: Array(300).fill('a') })],
  ])('is refused with %s in its file', (_, text) => {
    const bytes = writeSafetensors({ tensors: [], metadata: { 'inkling.spec': '{}', 'inkling.dataset': text } })
    expect(() => readNetwork(bytes)).toThrow(FormatError)
  })
})
