// Writes the layers of a spec as the source of a PyTorch module, and maps the names of tensors.

import type { Dataset } from '../../datasets/dataset'
import { shapeOf } from '../../model/examples'
import { isFrozen, lookUp, type LayerTable } from '../../model/layers'
import { extent } from '../../model/layers/conv2d'
import type { ModelParameter } from '../../model/parameters'
import { asImage, asMatrix, countOf, imageOf, rowSize, type Shape } from '../../model/shape'
import type { Activation, LayerSummary } from '../../model/spec'

/** Expressions of the activations; `linear` leaves the value alone. */
const activations: Readonly<Record<Activation, (x: string) => string>> = {
  linear: (x) => x,
  sigmoid: (x) => `torch.sigmoid(${x})`,
  tanh: (x) => `torch.tanh(${x})`,
  relu: (x) => `F.relu(${x})`,
  gelu: (x) => `F.gelu(${x}, approximate="tanh")`,
}

/** PyTorch's names of a layer's parameters and running statistics. */
const parameterNames: Readonly<Record<string, string>> = {
  weights: 'weight',
  bias: 'bias',
  scale: 'weight',
  shift: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
}

/** The name of a parameter in PyTorch. */
export function torchName({ layer, parameter }: ModelParameter): string {
  return `layer${layer}.${parameterNames[parameter]}`
}

/**
 * Source of the class `Network`: a member for every layer with parameters, and the forward pass line by line. Frozen layers take no
 * gradients, and a frozen batch normalisation uses its running statistics in training too.
 */
export function networkSource(layers: readonly LayerSummary[], { input, classes }: Dataset): string {
  const parts = layers.map(({ spec, inputShape, outputShape }, number) =>
    lookUp(torchLayers, spec, { name: `layer${number}`, number, inputShape, outputShape }),
  )
  const members = parts.flatMap(({ member }, i) => (member ? `        self.layer${i} = ${member}` : []))
  const frozen = layers.flatMap(({ spec }, i) => (isFrozen(spec) ? [{ type: spec.type, name: `self.layer${i}` }] : []))
  const still = frozen.map(({ name }) => `        ${name}.requires_grad_(False)  # frozen`)
  const lines = parts.flatMap(({ lines }) => lines.map((line) => `        ${line}`))
  const needs = parts.some(({ random }) => random)
    ? 'in training, dropout needs the step and its rows'
    : 'without dropout, step and rows do not matter'
  const [what, where] =
    input.kind === 'image'
      ? ['pixels', 'images with their channels in front of height and width, as PyTorch wants them']
      : ['features', 'vectors of features']
  return `class Network(nn.Module):
    """The layers of Inkling, on ${where}."""

    def __init__(self):
        super().__init__()
${[...members, ...still].join('\n')}
${trainSource(frozen.filter(({ type }) => type === 'batch-normalisation'))}
    def forward(self, x, step=None, rows=None):
        """Outputs [rows, ${classes.length}] for ${what} ${told(shapeOf(input))}; ${needs}."""
${lines.join('\n')}
        return x
`
}

/** Source of the method that puts the network into training, where a frozen batch normalisation does not follow. */
function trainSource(still: readonly { readonly name: string }[]): string {
  if (still.length === 0) return ''
  return `
    def train(self, mode=True):
        """As of any module, but frozen batch normalisation always uses its running statistics."""
        super().train(mode)
${still.map(({ name }) => `        ${name}.eval()`).join('\n')}
        return self
`
}

/** The place of a layer in the network. */
interface Place {
  /** Name of its module. */
  readonly name: string
  /** Number of the layer from 0: part of the seed of its random numbers. */
  readonly number: number
  readonly inputShape: Shape
  readonly outputShape: Shape
}

interface LayerSource {
  /** Source that creates the layer's module, if it has parameters. */
  readonly member?: string
  /** Statements of the forward pass that turn `x` into the layer's output. */
  readonly lines: readonly string[]
  /** Whether the statements need the step and its rows in training. */
  readonly random?: boolean
}

/** The single statement of a layer, with its output shape as a comment. */
const statement = (value: string, { outputShape }: Place): string[] => [`x = ${value}  # ${told(outputShape)}`]

export const torchLayers: LayerTable<[place: Place], LayerSource> = {
  dense({ units, bias, activation }, place) {
    const { name, inputShape } = place
    const vector = asImage(inputShape) ? 'x.flatten(1)' : 'x'
    return {
      member: `nn.Linear(${countOf(inputShape)}, ${units}${bias === 'no' ? ', bias=False' : ''})`,
      lines: statement(activations[activation](`self.${name}(${vector})`), place),
    }
  },

  conv2d({ filters, kernel, stride, padding, bias, activation }, place) {
    const { name, inputShape } = place
    const { channels } = imageOf(inputShape)
    const [rows, columns] = [0, 1].map((axis) => {
      const { before, after } = extent(inputShape[axis], kernel, stride, padding)
      return [before, after]
    })
    const even = new Set([...rows, ...columns]).size === 1
    const options = [
      ...(stride > 1 ? [`stride=${stride}`] : []),
      ...(even && rows[0] > 0 ? [`padding=${rows[0]}`] : []),
      ...(bias === 'no' ? ['bias=False'] : []),
    ]
    return {
      member: `nn.Conv2d(${[channels, filters, kernel, ...options].join(', ')})`,
      lines: [
        // An odd pixel of padding goes behind; PyTorch's own padding is symmetric.
        ...(even ? [] : [`x = F.pad(x, (${[...columns, ...rows].join(', ')}))  # left, right, top, bottom`]),
        ...statement(activations[activation](`self.${name}(x)`), place),
      ],
    }
  },

  'max-pooling': ({ size, stride }, place) => ({ lines: statement(`F.max_pool2d(x, ${size}, ${stride})`, place) }),
  'average-pooling': ({ size, stride }, place) => ({ lines: statement(`F.avg_pool2d(x, ${size}, ${stride})`, place) }),

  flatten(_, place) {
    const { inputShape, outputShape } = place
    if (inputShape.length === 1) return { lines: [] }
    if (inputShape.length === 2) return { lines: statement('x.flatten(1)', place) }
    return {
      lines: [`x = x.permute(0, 2, 3, 1).flatten(1)  # ${told(outputShape)}, channels last as in Inkling`],
    }
  },

  dropout({ rate }, { inputShape, number }) {
    if (rate === 0) return { lines: [] }
    const stride = inputShape.length === 2 ? 1 : rowSize([asMatrix(inputShape).channels])
    return {
      lines: [`if self.training:`, `    x = dropout(x, ${rate}, ${number}, step, rows, ${stride})`],
      random: true,
    }
  },

  'batch-normalisation': ({ momentum, epsilon }, place) => ({
    member: `BatchNorm(${asMatrix(place.inputShape).channels}, momentum=${momentum}, eps=${epsilon})`,
    lines: statement(`self.${place.name}(x)`, place),
  }),

  activation: ({ activation }, place) => ({
    lines: activation === 'linear' ? [] : statement(activations[activation]('x'), place),
  }),
}

/** A shape in PyTorch's order. */
function told(shape: Shape): string {
  const image = asImage(shape)
  const axes = image ? [image.channels, image.height, image.width] : shape
  return `[${['rows', ...axes].join(', ')}]`
}
