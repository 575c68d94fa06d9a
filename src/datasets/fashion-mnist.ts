// Fashion-MNIST: pictures of clothes, in the sizes of MNIST (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747).

import type { Dataset } from './dataset'

export const fashionMnist: Dataset = {
  id: 'fashion-mnist',
  title: 'Fashion-MNIST',
  note: 'Photographs of clothes, 28 × 28 pixels. Harder than digits: people read 83.5% of them.',
  input: { kind: 'image', height: 28, width: 28, channels: 1 },
  classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  nouns: [
    ['a T-shirt or top', 'T-shirts and tops'],
    ['trousers', 'trousers'],
    ['a pullover', 'pullovers'],
    ['a dress', 'dresses'],
    ['a coat', 'coats'],
    ['a sandal', 'sandals'],
    ['a shirt', 'shirts'],
    ['a sneaker', 'sneakers'],
    ['a bag', 'bags'],
    ['an ankle boot', 'ankle boots'],
  ],
  train: 60_000,
  test: 10_000,
  abilities: { draw: false, synthetic: false, warp: true },
  source: {
    work: 'Fashion-MNIST',
    by: 'Zalando SE',
    home: 'https://github.com/zalandoresearch/fashion-mnist',
    licence: 'the MIT licence',
    url: 'https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE',
  },
}
