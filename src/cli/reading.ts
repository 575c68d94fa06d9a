// How well a network reads drawings: counts, and a report of them.

import { rasterise, type Stroke } from '../data/drawing'
import type { FileDrawing } from '../data/drawings-file'
import { nonDigit, type ScribbleGroup } from '../data/scribbles'
import type { Spec } from '../model/spec'
import { verdict } from '../model/verdict'
import type { Prediction } from '../session/protocol'
import { percent } from './lines'
import { rounded } from './log'
import { perturbations } from './perturb'
import type { Misread } from './sheet'

type Predict = (image: Uint8Array) => Promise<Prediction>

/** Right answers among all. */
export interface Tally {
  readonly right: number
  readonly count: number
  /** In per cent. */
  readonly accuracy: number
}

/** Shares of drawings taken for no digit, in per cent. */
interface Rejected {
  /** Of the drawings that are read right: should be small. */
  readonly right: number
  /** Of those that are misread. */
  readonly misread: number
  /** Synthetic drawings of no digit: of kinds that training shows, and of other kinds. */
  readonly metKinds: number
  readonly otherKinds: number
}

/** How a network reads a set of drawings. */
export interface ReadingReport extends Tally {
  /** By label, 0 to 9. */
  readonly digits: readonly Tally[]
  /** By writer, if the file names writers. */
  readonly writers: Readonly<Record<string, Tally>>
  /** Drawings by label (row) and by answer (column). */
  readonly confusion: readonly (readonly number[])[]
  /** By the page's rule, which then shows a question mark. */
  readonly rejected: Rejected
}

/** A misread drawing, with the probability or output of its own class. */
interface MisreadDrawing extends Misread {
  readonly output: number
}

/** Reads every drawing; coordinates may have any unit. Mistakes are sorted, the worst first. */
export async function read(
  predict: Predict,
  drawings: readonly FileDrawing[],
  spec: Spec,
): Promise<{ reading: ReadingReport; mistakes: MisreadDrawing[] }> {
  const confusion = Array.from({ length: 10 }, () => new Array<number>(10).fill(0))
  const writers = new Map<string, { right: number; count: number }>()
  const mistakes: MisreadDrawing[] = []
  const rejected = { right: 0, misread: 0 }
  for (const { label, writer, strokes } of drawings) {
    const image = rasterise(strokes)
    const prediction = await predict(image)
    const { label: read, outputs } = prediction
    confusion[label][read]++
    if (verdict(prediction, spec).kind === 'none') rejected[read === label ? 'right' : 'misread']++
    if (read !== label) mistakes.push({ image, label, read, output: outputs[label] })
    if (writer !== undefined) {
      const { right, count } = writers.get(String(writer)) ?? { right: 0, count: 0 }
      writers.set(String(writer), { right: right + (read === label ? 1 : 0), count: count + 1 })
    }
  }
  const reading = {
    ...tally(drawings.length - mistakes.length, drawings.length),
    digits: confusion.map((row, label) => tally(row[label], sum(row))),
    writers: Object.fromEntries([...writers].map(([writer, { right, count }]) => [writer, tally(right, count)])),
    confusion,
    rejected: {
      right: share(rejected.right, drawings.length - mistakes.length),
      misread: share(rejected.misread, mistakes.length),
      metKinds: await rejectedOf(predict, 'training', spec),
      otherKinds: await rejectedOf(predict, 'held-out', spec),
    },
  }
  return { reading, mistakes: mistakes.sort((a, b) => a.output - b.output) }
}

/** Drawings of no digit: number in each group, and a seed that training does not use. */
const NON_DIGITS = 1000
const NON_DIGIT_SEED = 2

/** Share in per cent of a group's drawings of no digit that the network takes for none. */
async function rejectedOf(predict: Predict, group: ScribbleGroup, spec: Spec): Promise<number> {
  let count = 0
  for (let i = 0; i < NON_DIGITS; i++) {
    const { strokes } = nonDigit(NON_DIGIT_SEED, i, group)
    if (verdict(await predict(rasterise(strokes)), spec).kind === 'none') count++
  }
  return share(count, NON_DIGITS)
}

/** Reads every drawing in each of the ways of perturb.ts. Returns the right answers by name. */
export async function readPerturbed(
  predict: Predict,
  drawings: readonly FileDrawing[],
): Promise<Readonly<Record<string, Tally>>> {
  const onPad = padded(drawings)
  const tallies: [string, Tally][] = []
  for (const { name, penWidth, apply } of perturbations) {
    let right = 0
    for (const { label, strokes } of onPad) {
      const { label: read } = await predict(rasterise(apply(strokes), penWidth))
      if (read === label) right++
    }
    tallies.push([name, tally(right, onPad.length)])
  }
  return Object.fromEntries(tallies)
}

/** Drawings in the pad's unit square. The pad they were drawn on is taken to be the smallest square from (0, 0) on that holds all of them. */
function padded(drawings: readonly FileDrawing[]): readonly FileDrawing[] {
  let [side, least] = [0, 0]
  for (const { strokes } of drawings) {
    for (const { x, y } of strokes.flat()) {
      side = Math.max(side, x, y)
      least = Math.min(least, x, y)
    }
  }
  const scale = (value: number) => (value - least) / (side - least || 1)
  const place = (stroke: Stroke) => stroke.map(({ x, y }) => ({ x: scale(x), y: scale(y) }))
  return drawings.map((drawing) => ({ ...drawing, strokes: drawing.strokes.map(place) }))
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const tally = (right: number, count: number): Tally => ({
  right,
  count,
  accuracy: share(right, count),
})
/** In per cent; 0 of none. */
const share = (part: number, count: number) => (count > 0 ? rounded((100 * part) / count) : 0)
const tallyText = ({ right, count, accuracy }: Tally) => `${percent(accuracy).padStart(7)}  ${right} of ${count}`

/** The report, for people. */
export function readingLines(reading: ReadingReport, perturbed: Readonly<Record<string, Tally>> | undefined): string {
  const { digits, writers, confusion, rejected } = reading
  const names = Object.entries(writers).sort(([, a], [, b]) => a.accuracy - b.accuracy)
  return [
    `Drawings ${tallyText(reading)}`,
    ...(perturbed ? ['', 'Perturbed'] : []),
    ...Object.entries(perturbed ?? {}).map(([name, tally]) => `  ${name.padEnd(18)} ${tallyText(tally)}`),
    '',
    'Per digit',
    ...digits.map((tally, digit) => `  ${digit}  ${tallyText(tally)}`),
    ...(names.length > 0 ? ['', 'Per writer, worst first'] : []),
    ...names.map(([writer, tally]) => `  ${writer.padEnd(8)} ${tallyText(tally)}`),
    '',
    'Taken for no digit, as the page would',
    `  ${percent(rejected.right)} of the drawings that are read right, ${percent(rejected.misread)} of the others`,
    `  ${percent(rejected.metKinds)} of scribbles, letters and signs of kinds met in training, ${percent(rejected.otherKinds)} of other kinds`,
    '',
    'Confusion: rows are what was drawn, columns what was read',
    `     ${digits.map((_, digit) => String(digit).padStart(5)).join('')}`,
    ...confusion.map((row, digit) => `  ${digit}  ${row.map((n) => (n === 0 ? '·' : String(n)).padStart(5)).join('')}`),
  ].join('\n')
}
