// The labels of the page that are terms, and the card that explains a term. The meanings are loaded when the first card opens.

import type { TermName } from './glossary'

/** Terms by the label that names them, in lower case. */
const labels: ReadonlyMap<string, TermName> = new Map(
  Object.entries<TermName>({
    accuracy: 'accuracy',
    activation: 'activation',
    augmentation: 'augmentation',
    'average pooling': 'pooling',
    backend: 'backend',
    'batch norm': 'batch normalisation',
    'batch size': 'batch',
    'beta 1': 'Adam',
    'beta 2': 'Adam',
    bias: 'bias',
    convolution: 'convolution',
    dense: 'dense',
    dropout: 'dropout',
    epoch: 'epoch',
    epochs: 'epoch',
    f1: 'F1 score',
    filters: 'filter',
    flatten: 'flatten',
    frozen: 'frozen',
    'gradient clipping': 'gradient clipping',
    initialiser: 'initialisation',
    input: 'standardised',
    kernel: 'kernel',
    'label smoothing': 'label smoothing',
    'learning rate': 'learning rate',
    loss: 'loss',
    'max pooling': 'pooling',
    momentum: 'momentum',
    optimizer: 'optimizer',
    padding: 'padding',
    precision: 'precision',
    preset: 'preset',
    rate: 'dropout',
    recall: 'recall',
    schedule: 'schedule',
    seed: 'seed',
    'steps between tests': 'step',
    stride: 'stride',
    'synthetic share': 'synthetic',
    'test accuracy': 'test accuracy',
    'train loss': 'train loss',
    'training examples': 'training set',
    'training images': 'training set',
    units: 'neuron',
    'validation images': 'validation',
    'validation examples': 'validation',
    'warm-up, epochs': 'warm-up',
    'warm-up, share': 'warm-up',
    'weight decay': 'weight decay',
  }),
)

/** The term that a label names, if there is one. */
export const termOf = (label: string): TermName | undefined => labels.get(label.toLowerCase())

/** The meaning of a term; empty if the glossary could not be loaded. */
export const meaningOf = (term: TermName): Promise<string> =>
  import('./glossary').then(
    ({ glossary }) => glossary[term],
    () => '',
  )
