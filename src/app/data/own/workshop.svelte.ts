// Pictures that a person makes, sorted into classes: what they draw or take with the camera, until it is a data set.

import { mnist } from '../../../datasets'
import type { ImageInput } from '../../../datasets/dataset'
import { examplesOf, FEWEST_CLASSES, MOST_CLASSES, type Content } from '../../../datasets/own/content'
import { sorted, TEST_SHARE } from '../../../datasets/own/read/sort'
import { valuesIn } from '../../../datasets/layout'

/** How the pictures come about. */
export type Source = 'pad' | 'camera'

/** A class in the making. */
export interface OwnClass {
  /** Equal for the same class, whatever its name. */
  readonly key: number
  readonly name: string
  /** Bytes of each picture [height, width, channels], the oldest first. */
  readonly pictures: readonly Uint8Array[]
}

/** All of a workshop, to be kept beyond the visit. */
export interface Workpiece {
  readonly title: string
  readonly source: Source
  readonly input: ImageInput
  readonly classes: readonly OwnClass[]
}

/** Fewest pictures of a class: one to learn from, one to test with. */
export const FEWEST_PICTURES = 2
/** Most letters of a name. */
export const LONGEST_NAME = 40

/** Pictures that the pad makes are like those of MNIST. */
const drawn = mnist.input as ImageInput
const photographed: ImageInput = { kind: 'image', height: 48, width: 48, channels: 3 }

const namedLike = (number: number) => `Class ${number}`

/** A new workpiece with two empty classes. */
export const emptyWorkpiece = (source: Source = 'pad'): Workpiece => ({
  title: source === 'pad' ? 'My drawings' : 'My photos',
  source,
  input: source === 'pad' ? drawn : photographed,
  classes: [1, 2].map((number) => ({ key: number, name: namedLike(number), pictures: [] })),
})

/** The classes of a data set that is here, with all of its pictures, to be changed. */
export const workpieceOf = (title: string, { input, classes, train, test }: Content): Workpiece | undefined =>
  input.kind !== 'image'
    ? undefined
    : {
        title,
        source: input.channels === 1 && input.width === drawn.width && input.height === drawn.height ? 'pad' : 'camera',
        input,
        classes: classes.map((name, label) => ({
          key: label + 1,
          name,
          pictures: [train, test].flatMap((part) => examplesOf({ input }, part, label) as Uint8Array[]),
        })),
      }

export class Workshop {
  title = $state('')
  source = $state<Source>('pad')
  input = $state.raw<ImageInput>(drawn)
  classes = $state.raw<readonly OwnClass[]>([])
  /** Key of the class that the next picture is of. */
  active = $state(1)
  /** What was there before each change of the classes, the newest last. */
  #past = $state.raw<readonly (readonly OwnClass[])[]>([])
  readonly #changed: (piece: Workpiece) => void

  readonly count = $derived(this.classes.reduce((sum, { pictures }) => sum + pictures.length, 0))
  readonly undoes = $derived(this.#past.length > 0)
  /** What is still to be done before a network can learn from it; undefined if nothing is. */
  readonly lacks = $derived.by(() => {
    const names = this.classes.map(({ name }) => name.trim())
    if (this.classes.length < FEWEST_CLASSES) return 'Add another class: a network tells at least two apart.'
    if (names.includes('')) return 'Give every class a name.'
    const twice = names.find((name, i) => names.indexOf(name) < i)
    if (twice !== undefined) return `Two classes are called ${twice}. Give one of them another name.`
    const few = this.classes.find(({ pictures }) => pictures.length < FEWEST_PICTURES)
    if (few) {
      const more = FEWEST_PICTURES - few.pictures.length
      return `${few.name} needs ${more === 1 ? 'one more picture' : `${more} pictures`}: one to learn from, and one to test with.`
    }
    return undefined
  })

  /** `changed` is told of every change, to keep it. */
  constructor(piece: Workpiece, changed: (piece: Workpiece) => void = () => {}) {
    this.#changed = () => {}
    this.open(piece)
    this.#changed = changed
  }

  /** Replaces everything. */
  open({ title, source, input, classes }: Workpiece): void {
    this.title = title
    this.source = source
    this.input = input
    this.classes = classes
    this.active = classes.at(0)?.key ?? 1
    this.#past = []
    this.#tell()
  }

  /** Everything, to be kept. */
  get piece(): Workpiece {
    const { title, source, input, classes } = this
    return { title, source, input, classes }
  }

  /** Adds a picture to the active class. */
  add(picture: Uint8Array): void {
    this.#edit(this.active, ({ pictures }) => ({ pictures: [...pictures, picture] }))
  }

  remove(key: number, index: number): void {
    this.#edit(key, ({ pictures }) => ({ pictures: pictures.filter((_, i) => i !== index) }))
  }

  /** Moves a picture to another class, as its newest. */
  move(key: number, index: number, to: number): void {
    const picture = this.classes.find((each) => each.key === key)?.pictures[index]
    if (!picture || key === to) return
    this.#change(
      this.classes.map((each) => {
        if (each.key === key) return { ...each, pictures: each.pictures.filter((_, i) => i !== index) }
        return each.key === to ? { ...each, pictures: [...each.pictures, picture] } : each
      }),
    )
  }

  rename(key: number, name: string): void {
    this.#edit(key, () => ({ name: name.slice(0, LONGEST_NAME) }))
  }

  entitle(title: string): void {
    this.title = title.slice(0, LONGEST_NAME)
    this.#tell()
  }

  /** Adds an empty class, which becomes the active one. Does nothing at the most classes. */
  addClass(): void {
    if (this.classes.length >= MOST_CLASSES) return
    const key = Math.max(0, ...this.classes.map((each) => each.key)) + 1
    const names = this.classes.map(({ name }) => name)
    let number = this.classes.length + 1
    while (names.includes(namedLike(number))) number++
    this.#change([...this.classes, { key, name: namedLike(number), pictures: [] }])
    this.active = key
  }

  removeClass(key: number): void {
    this.#change(this.classes.filter((each) => each.key !== key))
    if (this.active === key) this.active = this.classes.at(0)?.key ?? 1
  }

  /** Starts with two empty classes; Undo brings back what was there. */
  clear(): void {
    this.#change(emptyWorkpiece(this.source).classes)
    this.active = this.classes[0].key
  }

  /** Takes the last change of classes or pictures back. */
  undo(): void {
    const last = this.#past.at(-1)
    if (!last) return
    this.#past = this.#past.slice(0, -1)
    this.classes = last
    if (!last.some(({ key }) => key === this.active)) this.active = last.at(0)?.key ?? 1
    this.#tell()
  }

  /** Chooses where pictures come from, and their size. Pictures have one size, so this is for an empty workshop. */
  choose(source: Source, input: Partial<Pick<ImageInput, 'height' | 'width' | 'channels'>> = {}): void {
    if (this.count > 0) return
    const usual = emptyWorkpiece(source)
    if (this.title === emptyWorkpiece(this.source).title) this.title = usual.title
    const from = source === this.source ? this.input : usual.input
    this.source = source
    this.input = source === 'pad' ? usual.input : { ...from, ...input }
    this.#tell()
  }

  /** The data set. @throws DataError if a class has too few different pictures */
  content(): Content {
    const { input, title } = this
    const classes = this.classes.map(({ name }) => name.trim())
    const values = new Uint8Array(this.count * valuesIn(input))
    const all = this.classes.flatMap(({ pictures }, label) => pictures.map((picture) => ({ picture, label })))
    all.forEach(({ picture }, i) => values.set(picture, i * valuesIn(input)))
    const labels = Uint8Array.from(all, ({ label }) => label)
    return sorted(title, { input, classes, values, labels }, TEST_SHARE).content
  }

  #edit(key: number, change: (old: OwnClass) => Partial<OwnClass>): void {
    this.#change(this.classes.map((each) => (each.key === key ? { ...each, ...change(each) } : each)))
  }

  #change(classes: readonly OwnClass[]): void {
    this.#past = [...this.#past, this.classes]
    this.classes = classes
    this.#tell()
  }

  #tell(): void {
    this.#changed(this.piece)
  }
}
