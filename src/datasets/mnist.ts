// MNIST: handwritten digits.

import type { Dataset } from './dataset'

export const mnist: Dataset = {
  id: 'mnist',
  title: 'MNIST',
  note: 'Handwritten digits, 28 × 28 pixels.',
  input: { kind: 'image', height: 28, width: 28, channels: 1 },
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  train: 60_000,
  test: 10_000,
  abilities: { draw: true, synthetic: true, warp: true },
  source: { by: 'LeCun, Cortes and Burges', url: 'http://yann.lecun.com/exdb/mnist/', licence: '' },
}
