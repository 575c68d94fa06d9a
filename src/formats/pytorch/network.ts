// The layers of a spec as the source of a PyTorch module, and what its tensors are called on both sides.

import { extent } from '../../model/layers/conv2d'
import type { ModelParameter } from '../../model/parameters'
import type { Activation, LayerSummary } from '../../model/spec'
import { asImage, asMatrix, type Shape } from '../../model/shape'

/** Expressions of the activations; `linear` leaves the value alone. */
const activations: Readonly<Record<Activation, (x: string) => string>> = {
  linear: (x) => x,
  sigmoid: (x) => `torch.sigmoid(${x})`,
  tanh: (x) => `torch.tanh(${x})`,
  relu: (x) => `F.relu(${x})`,
  gelu: (x) => `F.gelu(${x}, approximate="tanh")`,
}

/** What PyTorch calls a layer's parameters and running statistics. */
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

/** Source of the class `Network`: a member for every layer that has parameters, and the forward pass line by line. */
export function networkSource(layers: readonly LayerSummary[]): string {
  const parts = layers.map((summary, i) => layerSource(summary, `layer${i}`, i))
  const members = parts.flatMap(({ member }, i) => (member ? `        self.layer${i} = ${member}` : []))
  const lines = parts.flatMap(({ lines }) => lines.map((line) => `        ${line}`))
  const drops = layers.some(({ spec }) => spec.type === 'dropout' && spec.rate > 0)
  const needs = drops
    ? 'in training, dropout needs the step and its rows'
    : 'without dropout, step and rows do not matter'
  return `class Network(nn.Module):
    """The layers of Inkling, on images with their channels in front of height and width, as PyTorch wants them."""

    def __init__(self):
        super().__init__()
${members.join('\n')}

    def forward(self, x, step=None, rows=None):
        """Outputs [rows, 10] for pixels [rows, 1, 28, 28]; ${needs}."""
${lines.join('\n')}
        return x
`
}

interface LayerSource {
  /** What makes the layer's module, where it has parameters. */
  readonly member?: string
  /** Statements of the forward pass that turn `x` into the layer's output. */
  readonly lines: readonly string[]
}

function layerSource({ spec, inputShape, outputShape }: LayerSummary, name: string, number: number): LayerSource {
  /** The one statement of a layer, with what comes out of it. */
  const statement = (value: string) => [`x = ${value}  # ${told(outputShape)}`]
  switch (spec.type) {
    case 'dense': {
      const inputs = inputShape.reduce((a, b) => a * b, 1)
      return {
        member: `nn.Linear(${inputs}, ${spec.units}${spec.bias === 'no' ? ', bias=False' : ''})`,
        lines: statement(activations[spec.activation](`self.${name}(${asImage(inputShape) ? 'x.flatten(1)' : 'x'})`)),
      }
    }
    case 'conv2d': {
      const { filters, kernel, stride, padding, bias } = spec
      const channels = asImage(inputShape)?.channels ?? 1
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
          // What is left over goes behind, which PyTorch's own padding cannot.
          ...(even ? [] : [`x = F.pad(x, (${[...columns, ...rows].join(', ')}))  # left, right, top, bottom`]),
          ...statement(activations[spec.activation](`self.${name}(x)`)),
        ],
      }
    }
    case 'max-pooling':
      return { lines: statement(`F.max_pool2d(x, ${spec.size}, ${spec.stride})`) }
    case 'average-pooling':
      return { lines: statement(`F.avg_pool2d(x, ${spec.size}, ${spec.stride})`) }
    case 'flatten':
      if (inputShape.length === 1) return { lines: [] }
      return {
        lines:
          inputShape.length === 2
            ? statement('x.flatten(1)')
            : [`x = x.permute(0, 2, 3, 1).flatten(1)  # ${told(outputShape)}, channels last as in Inkling`],
      }
    case 'dropout': {
      if (spec.rate === 0) return { lines: [] }
      const stride = inputShape.length === 2 ? 1 : Math.ceil(asMatrix(inputShape).channels / 4) * 4
      return {
        lines: [`if self.training:`, `    x = dropout(x, ${spec.rate}, ${number}, step, rows, ${stride})`],
      }
    }
    case 'batch-normalisation':
      return {
        member: `BatchNorm(${asMatrix(inputShape).channels}, momentum=${spec.momentum}, eps=${spec.epsilon})`,
        lines: statement(`self.${name}(x)`),
      }
    case 'activation':
      return { lines: spec.activation === 'linear' ? [] : statement(activations[spec.activation]('x')) }
  }
}

/** A shape as PyTorch has it. */
function told(shape: Shape): string {
  const image = asImage(shape)
  const axes = image ? [image.channels, image.height, image.width] : shape
  return `[${['rows', ...axes].join(', ')}]`
}
