// What reads data that a person brings: files in, a survey with questions and proposed answers, then a content. Plain data but for the
// files, so that surveys and answers travel between threads.

import type { Input } from '../../dataset'
import type { Content } from '../content'

/** A file that a person brings, out of a folder, a drop, a zip or a disk. */
export interface BroughtFile {
  /** Folders and name, with slashes between them, as `flowers/roses/1.jpg`. A folder that is known to be there ends in a slash. */
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** Bytes `from` to `to`, `to` not included and cut at the file's end. */
  read(from: number, to: number): Promise<Uint8Array>
}

export const separators = [',', ';', '\t'] as const
export type Separator = (typeof separators)[number]

/** Sides that pictures are resized to, in pixels. */
export const pictureSides = [28, 32, 48, 64] as const
export type PictureSide = (typeof pictureSides)[number]

/** How a picture becomes a square. `fit`: all of it, with white bars. `crop`: the square in its middle. */
export type Framing = 'fit' | 'crop'

/** Least and most of the examples that can be set aside for testing. */
export const TEST_SHARES = [0.05, 0.5] as const

/** Answers that say how to read a table. Columns are counted from 0. */
export interface TableAnswers {
  readonly kind: 'table'
  readonly separator: Separator
  /** Whether the first line names the columns. */
  readonly header: boolean
  /** Whether 1,5 is one and a half. */
  readonly decimalComma: boolean
  /** The column of the classes. */
  readonly label: number
  /** Columns that are left out; columns of text are left out anyway. */
  readonly without: readonly number[]
  /** Whether a row is the pixels of a picture. */
  readonly pictures: boolean
  readonly testShare: number
}

/** Answers that say how to read pictures. `testShare` is of no effect where folders for testing are there. */
export interface PictureAnswers {
  readonly kind: 'pictures'
  readonly side: PictureSide
  readonly colour: boolean
  readonly framing: Framing
  readonly testShare: number
}

/** Answers that say how to read IDX files. `testShare` is of no effect where files for testing are there. */
export interface IdxAnswers {
  readonly kind: 'idx'
  /** The name of one of `sets`. */
  readonly set: string
  /** Whether rows and columns of images change places. */
  readonly turn: boolean
  readonly testShare: number
}

/** A data set that Inkling packed: there is nothing to ask. */
interface PackedAnswers {
  readonly kind: 'packed'
}

export type BroughtAnswers = TableAnswers | PictureAnswers | IdxAnswers | PackedAnswers

/** What is left out and why: all counted, the first ones listed. */
export interface LeftOut {
  readonly count: number
  readonly listed: readonly { readonly what: string; readonly why: string }[]
}

/** What surveys have in common. */
interface Recognised {
  /** Proposed name of the data set. */
  readonly title: string
  /** Sentences that a person should know before anything is taken. */
  readonly notes: readonly string[]
  /** Known so far to be left out. */
  readonly left: LeftOut
}

/** A column of a table, judged by its first rows. */
export interface TableColumn {
  /** From the header, or `column 1`. */
  readonly name: string
  readonly kind: 'number' | 'text' | 'empty'
  /** Different values in the first rows. */
  readonly different: number
}

export interface TableSurvey extends Recognised {
  readonly kind: 'table'
  readonly proposed: TableAnswers
  readonly columns: readonly TableColumn[]
  /** Cells of the first rows, without the header. */
  readonly rows: readonly (readonly string[])[]
  /** Side and channels of the pictures that rows can be; absent where their number of values suits none. */
  readonly picture?: { readonly side: number; readonly channels: 1 | 3 }
}

/** A class of pictures by its folders. */
interface PictureClass {
  readonly name: string
  readonly train: number
  /** 0 where no folder is for testing. */
  readonly test: number
  /** Paths of a few of its pictures, for `originalOf`. */
  readonly samples: readonly string[]
}

export interface PictureSurvey extends Recognised {
  readonly kind: 'pictures'
  readonly proposed: PictureAnswers
  readonly classes: readonly PictureClass[]
  /** Whether folders say what is for testing. */
  readonly split: boolean
  /** Widths and heights in pixels of some of the pictures: smallest and largest. */
  readonly sizes: { readonly least: readonly [number, number]; readonly most: readonly [number, number] }
}

/** A set of IDX files that belong together. */
export interface IdxSet {
  readonly name: string
  readonly input: Input
  /** Names of the classes. */
  readonly classes: readonly string[]
  readonly train: number
  /** 0 where no files are for testing. */
  readonly test: number
}

export interface IdxSurvey extends Recognised {
  readonly kind: 'idx'
  readonly proposed: IdxAnswers
  readonly sets: readonly IdxSet[]
}

export interface PackedSurvey extends Recognised {
  readonly kind: 'packed'
  readonly proposed: PackedAnswers
  readonly input: Input
  readonly classes: readonly string[]
  readonly train: number
  readonly test: number
}

export type Survey = TableSurvey | PictureSurvey | IdxSurvey | PackedSurvey

/** A data set that was read. */
export interface TakenData {
  readonly title: string
  readonly content: Content
  readonly left: LeftOut
  /** Sentences on what was done to the data: classes renumbered, examples kept for training. */
  readonly notes: readonly string[]
}

export interface PictureOptions extends Pick<PictureAnswers, 'side' | 'colour' | 'framing'> {
  /** Width and height as the file stores them. */
  readonly stored: readonly [number, number]
  /** Orientation by EXIF, 1 to 8: 1 is upright, 5 to 8 swap width and height. */
  readonly orientation: number
  /** Where that number lies in the file: two bytes, one of which is zero. -1 where the file tells none. */
  readonly orientationAt: number
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp'
}

/**
 * Decodes a picture and resizes it to a square: [side, side, channels], gray by BT.601, what is transparent over white.
 * @throws if it does not decode
 */
export type DecodePicture = (bytes: Uint8Array, options: PictureOptions) => Promise<Uint8Array>

export interface TakeOptions {
  /** Needed for pictures. */
  readonly decode?: DecodePicture
  /** Receives how far reading is, in files or bytes. */
  progress?(done: number, total: number): void
  /** Stops reading: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal
}
