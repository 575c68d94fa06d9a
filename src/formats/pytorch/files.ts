// The examples of train.py: four published IDX files, or a file of tensors that a person makes.

import type { Dataset } from '../../datasets/dataset'
import { shapeOf } from '../../model/examples'
import idx from './idx.py?raw'
import tensors from './tensors.py?raw'

/** A data set that is published as four IDX files of gray images. */
interface Published {
  /** Its class in torchvision. */
  readonly torchvision: string
  /** Address of a folder with the four files. */
  readonly address: string
}

const published: ReadonlyMap<string, Published> = new Map([
  ['mnist', { torchvision: 'MNIST', address: 'https://ossci-datasets.s3.amazonaws.com/mnist/' }],
  [
    'fashion-mnist',
    {
      torchvision: 'FashionMNIST',
      address: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    },
  ],
])

/** How train.py reads the examples of a data set. */
export interface ExampleFiles {
  /** Required content of the data folder, for the middle of a sentence. */
  readonly what: string
  /** Source of the constants. */
  readonly constants: string
  /** Source of the functions that read the files. */
  readonly source: string
  /** The README's text about the files. */
  readonly readme: string
}

/** A Python string literal: Python knows all of JSON's escapes. */
export const quoted = (text: string): string => JSON.stringify(text)

export function exampleFilesOf(dataset: Dataset): ExampleFiles {
  const found = published.get(dataset.id)
  const common = `DATASET = ${quoted(dataset.title)}\n`
  if (!found) {
    return {
      what: 'data.safetensors, which README.txt describes',
      constants: `${common}DATA = "data.safetensors"  # what holds the examples\n`,
      source: tensors,
      readme: tensorsReadme(dataset),
    }
  }
  const { torchvision, address } = found
  return {
    what: `${dataset.title}'s four files, gzipped or not`,
    constants: `${common}ADDRESS = ${quoted(address)}
TORCHVISION = ${quoted(torchvision)}  # what torchvision calls it
`,
    source: idx,
    readme: `and ${dataset.title}'s
four files, gzipped or not, in a folder: train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz,
t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz. With torchvision, --download fetches them; they also lie at
${address}`,
  }
}

function tensorsReadme({ title, input, classes, train, test }: Dataset): string {
  const shape = shapeOf(input).join(', ')
  const [type, words] =
    input.kind === 'image'
      ? ['U8', input.channels === 1 ? 'gray images, height and width' : 'images, height, width and colours']
      : ['F32', `features: ${input.names.join(', ')}`]
  const rows = [
    ['train.inputs', `${type} [${train}, ${shape}]`, words],
    ['train.labels', `U8 [${train}]`, `from 0: ${classes.join(', ')}`],
    ['test.inputs', `${type} [${test}, ${shape}]`, 'the same to test with'],
    ['test.labels', `U8 [${test}]`, ''],
  ]
  const lines = rows.map(([name, kind, what]) => `    ${name.padEnd(14)}${kind.padEnd(26)}${what}`.trimEnd())
  return `and the
examples of ${title} in a folder, or beside train.py, in a file data.safetensors with these tensors, in Inkling's order:

${lines.join('\n')}

The Python package safetensors writes such files: safetensors.torch.save_file(tensors, "data.safetensors").`
}
