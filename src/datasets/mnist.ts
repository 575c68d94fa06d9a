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
  source: {
    work: 'MNIST database of handwritten digits',
    by: 'Yann LeCun, Corinna Cortes and Christopher J.C. Burges',
    home: 'http://yann.lecun.com/exdb/mnist/',
    licence: 'CC BY-SA 3.0',
    url: 'https://creativecommons.org/licenses/by-sa/3.0/',
  },
}
