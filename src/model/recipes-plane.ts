// The presets of points in the plane.

import { PLANE } from '../datasets/plane/plane'
import type { Recipe } from './recipe'
import { adam, dense, output, sgd } from './recipe-words'

export const planeRecipes: readonly Recipe[] = [
  {
    name: 'plane',
    only: PLANE,
    title: 'Two layers of 16 neurons',
    short: 'Two layers',
    detail: 'SHAPE tanh, softmax, Adam',
    card: { place: 2, text: 'It bends around every shape here.' },
    note: 'Two hidden layers that bend smoothly: enough for the spiral with x and y alone.',
    spec: (classes) => ({
      layers: [dense(16, 'tanh', 'glorot'), dense(16, 'tanh', 'glorot'), output(classes)],
      optimizer: adam,
      learningRate: 0.01,
      schedule: { type: 'cosine', warmup: 0 },
      batchSize: 32,
      epochs: 3000,
    }),
  },
  {
    name: 'plane-line',
    only: PLANE,
    title: 'No hidden layer: a straight line',
    short: 'Straight line',
    detail: 'SHAPE softmax, Adam',
    card: { place: 1, text: 'It draws one straight line, no more.' },
    note: 'No hidden layer at all: it draws one straight line between two classes. Give it x² and y², and the line becomes a circle.',
    spec: (classes) => ({
      layers: [output(classes)],
      optimizer: adam,
      learningRate: 0.02,
      batchSize: 32,
      epochs: 100,
    }),
  },
  {
    name: 'plane-small',
    only: PLANE,
    title: 'The famous playground, 4 and 2 neurons',
    short: 'Playground',
    detail: 'SHAPE tanh, softmax, SGD, batch 10',
    card: { place: 3, text: 'It has so few neurons that you can follow each.' },
    note: 'The first network of TensorFlow Playground: layers of 4 and 2 neurons, plain gradient descent with a rate of 0.03, batches of 10.',
    spec: (classes) => ({
      layers: [dense(4, 'tanh', 'glorot'), dense(2, 'tanh', 'glorot'), output(classes)],
      optimizer: sgd,
      learningRate: 0.03,
      batchSize: 10,
      epochs: 500,
    }),
  },
  {
    name: 'plane-relu',
    only: PLANE,
    title: 'One layer of 32 neurons that fold',
    short: 'One wide layer',
    detail: 'SHAPE ReLU, softmax, Adam',
    card: { place: 4, text: 'It draws straight pieces that meet at folds.' },
    note: 'One wide layer of ReLU: each neuron folds the plane along a line, and the decision boundary is made of straight pieces.',
    spec: (classes) => ({
      layers: [dense(32, 'relu', 'he'), output(classes)],
      optimizer: adam,
      learningRate: 0.02,
      batchSize: 32,
      epochs: 300,
    }),
  },
]
