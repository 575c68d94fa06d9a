// A data set as one zip: four IDX files, `dataset.json`, and a text that says how to read them in Python.

import { strToU8, Zip, ZipDeflate } from 'fflate'
import type { Input } from '../../dataset'
import { contentBytes, type Content, type Labelled } from '../content'
import { PACKED_FORMAT, PACKED_VERSION, packedFiles, type PackedHeader } from './packed-format'

/** Bytes that are packed at once. */
const CHUNK = 2 ** 20
/** So that equal data sets make equal zips. */
const WRITTEN = new Date(2000, 0, 1)

/**
 * Packs a data set into a zip, in pieces: `new Blob(pieces)` is the file. Survey and take read the same content out of it.
 * @param progress receives how many of all bytes are packed
 */
export function packDataset(
  title: string,
  content: Content,
  progress?: (done: number, total: number) => void,
): Uint8Array<ArrayBuffer>[] {
  const { input, classes, train, test } = content
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const zip = new Zip((error, bytes) => {
    if (error) throw error
    pieces.push(bytes as Uint8Array<ArrayBuffer>)
  })
  const total = contentBytes(content)
  let done = 0
  const add = (name: string, ...parts: Uint8Array[]) => {
    const file = new ZipDeflate(name, { level: 6 })
    file.mtime = WRITTEN
    zip.add(file)
    for (const part of parts) {
      for (let from = 0; from < part.length; from += CHUNK) {
        file.push(part.subarray(from, from + CHUNK))
        if (part.length > 1024) progress?.((done += Math.min(CHUNK, part.length - from)), total)
      }
    }
    file.push(new Uint8Array(0), true)
  }
  const header: PackedHeader = {
    format: PACKED_FORMAT,
    version: PACKED_VERSION,
    title,
    classes: [...classes],
    input: input.kind === 'image' ? input : { ...input, names: [...input.names] },
    train: train.labels.length,
    test: test.labels.length,
  }
  const names = packedFiles(input)
  add('dataset.json', strToU8(`${JSON.stringify(header, undefined, 2)}\n`))
  add('README.txt', strToU8(readme(title, content)))
  add(names.train.examples, examplesHeader(input, train), bigEndian(train.examples))
  add(names.train.labels, idxWords(0x0801, train.labels.length), train.labels)
  add(names.test.examples, examplesHeader(input, test), bigEndian(test.examples))
  add(names.test.labels, idxWords(0x0801, test.labels.length), test.labels)
  zip.end()
  return pieces
}

function examplesHeader(input: Input, { labels }: Labelled): Uint8Array {
  if (input.kind === 'features') return idxWords(0x0d02, labels.length, input.names.length)
  const { height, width, channels } = input
  return channels === 1
    ? idxWords(0x0803, labels.length, height, width)
    : idxWords(0x0804, labels.length, height, width, channels)
}

/** The words of an IDX header, big-endian. */
function idxWords(...words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4)
  const view = new DataView(bytes.buffer)
  words.forEach((word, i) => view.setUint32(i * 4, word))
  return bytes
}

function bigEndian(values: Uint8Array | Float32Array): Uint8Array {
  if (values instanceof Uint8Array) return values
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => view.setFloat32(i * 4, value))
  return bytes
}

function readme(title: string, { input, classes, train, test }: Content): string {
  const each =
    input.kind === 'features'
      ? `${input.names.length} numbers a row, 32-bit floats: ${shortList(input.names)}`
      : `images of ${input.height} x ${input.width} pixels${input.channels === 3 ? ' in red, green and blue' : ''}, bytes from 0 to 255`
  return `${title}

${train.labels.length} examples to train on, ${test.labels.length} to test with: ${each}.
Classes: ${shortList(classes)}.

The files are IDX, the format of MNIST; dataset.json holds the names. Inkling opens this zip as it is. In Python with NumPy:

${pythonLines}`
}

const shortList = (names: readonly string[]): string =>
  names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ')

/** Lines of Python that load a zip called dataset.zip. */
export const pythonLines = `import json, struct, zipfile
import numpy as np

def idx(data):
    kind, axes = data[2], data[3]
    shape = struct.unpack_from(f">{axes}I", data, 4)
    return np.frombuffer(data, ">f4" if kind == 0x0D else "u1", offset=4 + 4 * axes).reshape(shape)

with zipfile.ZipFile("dataset.zip") as z:
    about = json.loads(z.read("dataset.json"))
    part = {name.split("-idx")[0]: idx(z.read(name)) for name in z.namelist() if "-idx" in name}

x_train, y_train = part["train-images" if "train-images" in part else "train-features"], part["train-labels"]
x_test, y_test = part["t10k-images" if "t10k-images" in part else "t10k-features"], part["t10k-labels"]
print(about["title"], x_train.shape, x_test.shape, [about["classes"][label] for label in y_test[:5]])
`
