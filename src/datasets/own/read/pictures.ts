// Surveys and reads folders of pictures: each is decoded, resized to a square and checked before, a few at a time.

import { DataError, grouped } from '../../../data/error'
import type { ImageInput } from '../../dataset'
import { valuesIn } from '../../layout'
import { contentHash } from './hash'
import { cleaned, titleFrom } from './names'
import { sortedByFolders, type FiledPicture } from './picture-folders'
import { HEADER_BYTES, pictureHeader, type PictureHeader } from './picture-header'
import { amount, checkAmount, counted, LeftList } from './report'
import { sorted, TEST_SHARE } from './sort'
import {
  pictureSides,
  type BroughtFile,
  type PictureAnswers,
  type PictureSurvey,
  type TakenData,
  type TakeOptions,
} from './types'

/** Most pixels of a picture: 64 million, more than nearly all cameras make. */
const MOST_PIXELS = 64_000_000
/** Most times that one side of a picture may be the other. */
const LONGEST = 32
/** Most bytes of a picture's file. */
export const MOST_PICTURE_BYTES = 2 ** 26
/** Pixels that are decoded at once, over all pictures, unless one alone has more. */
const PIXELS_AT_ONCE = 96_000_000
/** Pictures that are read and decoded at once. */
const AT_ONCE = 6
/** Pictures whose headers a survey reads. */
const LOOKED_AT = 48
/** Paths of pictures of a class that a survey gives. */
const SAMPLES = 6
/** Side that is proposed for photographs. */
const PHOTOGRAPHS = 32

/** @throws DataError if folders say no classes */
export async function surveyPictures(
  name: string,
  files: readonly BroughtFile[],
  answers: Partial<PictureAnswers> = {},
): Promise<PictureSurvey> {
  const left = new LeftList()
  const { classes, pictures, split, notes } = sortedByFolders(name, files, left)
  const step = Math.max(1, Math.floor(pictures.length / LOOKED_AT))
  const headers: PictureHeader[] = []
  for (let i = 0; i < pictures.length && headers.length < LOOKED_AT; i += step) {
    // What cannot be read is left out, with its reason, when all are taken.
    const bytes = await pictures[i].file.read(0, HEADER_BYTES).catch(() => undefined)
    const header = bytes && pictureHeader(bytes)
    if (header) headers.push(header)
  }
  const upright = headers.map(({ stored: [width, height], orientation }): [number, number] =>
    orientation > 4 ? [height, width] : [width, height],
  )
  const byArea = upright.sort((a, b) => a[0] * a[1] - b[0] * b[1])
  const most = Math.max(0, ...upright.flat())
  const square = upright.every(([width, height]) => width === height)
  return {
    kind: 'pictures',
    title: titleFrom(name),
    notes,
    left: left.plain(),
    split,
    sizes: { least: byArea[0] ?? [0, 0], most: byArea[byArea.length - 1] ?? [0, 0] },
    classes: classes.map((className, label) => {
      const own = pictures.filter((each) => each.label === label)
      const test = own.filter(({ testing }) => testing).length
      const apart = Math.max(1, Math.floor(own.length / SAMPLES))
      const samples = own.filter((_, i) => i % apart === 0).slice(0, SAMPLES)
      return { name: className, train: own.length - test, test, samples: samples.map(({ file }) => file.path) }
    }),
    proposed: {
      kind: 'pictures',
      side: pictureSides.find((side) => most > 0 && side >= most) ?? PHOTOGRAPHS,
      colour: headers.length === 0 || headers.some(({ gray }) => !gray),
      framing: square ? 'fit' : 'crop',
      testShare: TEST_SHARE,
      ...answers,
    },
  }
}

/**
 * Reads pictures. One that does not decode, or is too large, is left out.
 * @throws DataError if a class has none left, or all of them take too much memory; the signal's reason
 */
export async function takePictures(
  name: string,
  files: readonly BroughtFile[],
  answers: PictureAnswers,
  { decode, progress, signal }: TakeOptions,
): Promise<TakenData> {
  if (!decode) throw new Error('Pictures need a decoder.')
  const left = new LeftList()
  const { classes, pictures, split, notes } = sortedByFolders(name, files, left)
  const { side, colour, framing } = answers
  const input: ImageInput = { kind: 'image', height: side, width: side, channels: colour ? 3 : 1 }
  checkAmount(cleaned(name), pictures.length, input)
  const size = valuesIn(input)
  const values = new Uint8Array(pictures.length * size)
  const hashes = new Uint32Array(pictures.length * 2)
  const problems = new Map<number, string>()
  const budget = new Budget(PIXELS_AT_ONCE)
  let [next, done] = [0, 0]
  /** What is no matter of one picture: it ends all lanes, and none goes on unseen. */
  const failures: unknown[] = []
  const ending = () => failures.length > 0 || signal?.aborted === true

  const one = async (index: number, { file }: FiledPicture): Promise<string | undefined> => {
    if (file.size === 0) return 'is empty'
    if (file.size > MOST_PICTURE_BYTES) {
      return `is a file of ${amount(file.size)}: the most for a picture is ${amount(MOST_PICTURE_BYTES)}`
    }
    let bytes: Uint8Array
    try {
      bytes = await file.read(0, file.size)
    } catch (error) {
      return `cannot be read (${messageOf(error)})`
    }
    const header = pictureHeader(bytes)
    if (!header) return 'is no PNG, JPEG or WebP, whatever its name says, or is damaged'
    const [width, height] = header.stored
    const pixels = width * height
    if (pixels === 0) return 'has no pixels'
    if (pixels > MOST_PIXELS) {
      return `has ${grouped(width)} × ${grouped(height)} pixels: the most is ${MOST_PIXELS / 1e6} million`
    }
    if (Math.max(width, height) > LONGEST * Math.min(width, height)) {
      return `has ${grouped(width)} × ${grouped(height)} pixels: one side is more than ${LONGEST} times the other`
    }
    await budget.take(pixels)
    try {
      if (ending()) return undefined
      const { gray: _, ...known } = header
      values.set(await decode(bytes, { side, colour, framing, ...known }), index * size)
    } catch (error) {
      return `does not decode: it is damaged (${messageOf(error)})`
    } finally {
      budget.give(pixels)
    }
    hashes.set(contentHash(bytes), index * 2)
    return undefined
  }
  const lane = async () => {
    while (next < pictures.length && !ending()) {
      const index = next++
      try {
        const problem = await one(index, pictures[index])
        if (ending()) return
        if (problem !== undefined) problems.set(index, problem)
        progress?.(++done, pictures.length)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  signal?.throwIfAborted()
  if (failures.length > 0) throw failures[0]

  for (const [index, problem] of [...problems].sort(([a], [b]) => a - b)) left.add(pictures[index].file.path, problem)
  const kept = pictures.flatMap((_, index) => (problems.has(index) ? [] : [index]))
  checkClasses(name, classes, pictures, problems)
  kept.forEach((from, to) => {
    if (from === to) return
    values.copyWithin(to * size, from * size, (from + 1) * size)
    hashes.copyWithin(to * 2, from * 2, (from + 1) * 2)
  })
  const { content, notes: about } = sorted(
    cleaned(name),
    {
      input,
      classes,
      values: values.subarray(0, kept.length * size),
      labels: Uint8Array.from(kept, (index) => pictures[index].label),
      hashes: hashes.subarray(0, kept.length * 2),
      ...(split && { testing: Uint8Array.from(kept, (index) => (pictures[index].testing ? 1 : 0)) }),
    },
    answers.testShare,
  )
  return { title: titleFrom(name), content, left: left.plain(), notes: [...notes, ...about] }
}

/** What an error says, in a few words. */
const messageOf = (error: unknown): string => cleaned(error instanceof Error ? error.message : String(error))

/** @throws DataError if no picture of a class could be read */
function checkClasses(
  name: string,
  classes: readonly string[],
  pictures: readonly FiledPicture[],
  problems: ReadonlyMap<number, string>,
): void {
  for (const [label, className] of classes.entries()) {
    const own = [...pictures.entries()].filter(([, each]) => each.label === label && !each.testing)
    if (own.some(([index]) => !problems.has(index))) continue
    const [index, { file }] = own[0]
    throw new DataError(
      cleaned(name),
      `has no readable picture of the class “${className}”: ${counted(own.length, 'picture')} left out, the first because ${cleaned(file.path)} ${problems.get(index) ?? ''}.`,
    )
  }
}

/** Lets so many pixels be decoded at once. */
class Budget {
  #used = 0
  #waiting: (() => void)[] = []

  constructor(private readonly most: number) {}

  async take(amount: number): Promise<void> {
    while (this.#used > 0 && this.#used + amount > this.most) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#used += amount
  }

  give(amount: number): void {
    this.#used -= amount
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
