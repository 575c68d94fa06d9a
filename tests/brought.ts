// Files as a person brings them, made up for the tests.

import { gzipSync } from 'node:zlib'
import { strToU8, zipSync, type Zippable } from 'fflate'
import { PNG } from 'pngjs'
import { survey, take } from '../src/datasets/own/read'
import type { BroughtAnswers, BroughtFile, DecodePicture, TakenData, TakeOptions } from '../src/datasets/own/read/types'
import { pictureHeader } from '../src/datasets/own/read/picture-header'

/** A file in memory, of bytes or text. */
export function brought(path: string, content: Uint8Array | string): BroughtFile {
  const bytes = typeof content === 'string' ? strToU8(content) : content
  return {
    path,
    size: bytes.length,
    read: (from, to) => Promise.resolve(bytes.slice(from, Math.min(to, bytes.length))),
  }
}

/** The same, as gzip. */
export const gzipped = (path: string, bytes: Uint8Array): BroughtFile => brought(path, new Uint8Array(gzipSync(bytes)))

/** A zip of files. */
export const zipped = (path: string, files: Record<string, Uint8Array | string>): BroughtFile =>
  brought(
    path,
    zipSync(
      Object.fromEntries(
        Object.entries(files).map(([name, content]) => [
          name,
          typeof content === 'string' ? strToU8(content) : content,
        ]),
      ) as Zippable,
      { level: 6 },
    ),
  )

/** Reads files with the proposed answers, some of them changed. */
export async function taken(
  files: readonly BroughtFile[],
  changed: Partial<BroughtAnswers> = {},
  options: TakeOptions = {},
): Promise<TakenData> {
  const { proposed } = await survey(files, changed)
  return take(files, { ...proposed, ...changed } as BroughtAnswers, { decode: flatDecoder, ...options })
}

/** The message of what is refused, by survey or by take. */
export async function refusal(
  files: readonly BroughtFile[],
  changed: Partial<BroughtAnswers> = {},
  options: TakeOptions = {},
): Promise<string> {
  try {
    await taken(files, changed, options)
  } catch (error) {
    if (error instanceof Error) return error.message
    throw error
  }
  throw new Error('Nothing was refused.')
}

/** A PNG of one colour. Which of its bytes differ tells pictures of one colour apart. */
export function png(width: number, height: number, [red, green, blue, alpha = 255]: readonly number[]): Uint8Array {
  const picture = new PNG({ width, height })
  for (let i = 0; i < width * height; i++) picture.data.set([red, green, blue, alpha], i * 4)
  return new Uint8Array(PNG.sync.write(picture))
}

/** A decoder that gives a picture's middle pixel for all of its square: fast, and enough to tell pictures apart. */
export const flatDecoder: DecodePicture = (bytes, { side, colour }) => {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes))
  const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4
  const values = colour ? [...data.subarray(at, at + 3)] : [data[at]]
  return Promise.resolve(Uint8Array.from({ length: side * side * values.length }, (_, i) => values[i % values.length]))
}

/** A PNG whose header tells another size than it has. */
export function lyingPng(width: number, height: number): Uint8Array {
  const bytes = png(4, 4, [9, 9, 9])
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  if (pictureHeader(bytes)?.stored[0] !== width) throw new Error('The header is elsewhere.')
  return bytes
}

/** Folders of pictures: so many of each class, each of its own colour; another start makes others. */
export function pictureFiles(classes: Record<string, number>, folder = 'animals/', start = 0): BroughtFile[] {
  return Object.entries(classes).flatMap(([name, count], label) =>
    Array.from({ length: count }, (_, i) => brought(`${folder}${name}/${i}.png`, png(6, 5, [40 * label, i, start]))),
  )
}
