// Files and folders of this machine as brought files, and pictures decoded by sharp.

import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BroughtFile, DecodePicture } from '../datasets/own/read/types'
import { bytesOf } from '../datasets/own/read/pixels'
import { scaledSize, uprightSize } from '../datasets/own/read/square'
import { Failure, messageOf, UsageError } from './errors'

/** Most files of a folder. */
const MOST_FILES = 1_000_000

/** A file, or all files and folders in a folder. @throws UsageError if it is not there */
export async function filesAt(path: string): Promise<BroughtFile[]> {
  const facts = await stat(path).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}`)
  })
  const name = basename(path.replace(/[/\\]+$/, '')) || path
  if (!facts.isDirectory()) return [diskFile(path, name, facts.size)]
  const files: BroughtFile[] = []
  await walk(path, name, files)
  return files
}

async function walk(folder: string, name: string, files: BroughtFile[]): Promise<void> {
  files.push({ path: `${name}/`, size: 0, read: () => Promise.resolve(new Uint8Array(0)) })
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const shown = `${name}/${entry.name}`
    if (files.length > MOST_FILES)
      throw new Failure(`${folder} holds more than ${MOST_FILES.toLocaleString('en')} files.`)
    if (entry.isDirectory()) await walk(path, shown, files)
    else {
      const facts = await stat(path).catch(() => undefined) // a link to nothing
      if (facts?.isFile()) files.push(diskFile(path, shown, facts.size))
    }
  }
}

const diskFile = (path: string, name: string, size: number): BroughtFile => ({
  path: name,
  size,
  async read(from, to) {
    const handle = await open(path)
    try {
      const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from))
      let filled = 0
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    } finally {
      await handle.close()
    }
  },
})

/** A decoder of pictures. @throws Failure if sharp is not installed */
export async function sharpDecoder(): Promise<DecodePicture> {
  const { default: sharp } = await import('sharp').catch((error: unknown) => {
    throw new Failure(
      `Pictures need the npm package sharp, which does not start here. Run: npm ci\n${messageOf(error)}`,
    )
  })
  return async (bytes, options) => {
    const { side, colour, framing } = options
    const [width, height] = scaledSize(uprightSize(options), side, framing)
    const { data, info } = await sharp(bytes, { failOn: 'error' })
      .autoOrient()
      .resize(width, height, { fit: 'fill' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const square = new Uint8Array(side * side * 4).fill(255)
    const [left, top] = [Math.round((side - info.width) / 2), Math.round((side - info.height) / 2)]
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const [fromX, fromY] = [x - left, y - top]
        if (fromX < 0 || fromY < 0 || fromX >= info.width || fromY >= info.height) continue
        const from = (fromY * info.width + fromX) * 4
        square.set(data.subarray(from, from + 4), (y * side + x) * 4)
      }
    }
    return bytesOf(square, colour ? 3 : 1)
  }
}
