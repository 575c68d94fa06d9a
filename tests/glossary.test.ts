// The glossary: short sentences, and a meaning for every label that is a term.

import { expect, test } from 'vitest'
import { glossary } from '../src/ui/glossary'
import { meaningOf, termOf } from '../src/ui/terms'

const entries = Object.entries(glossary)

test.each(entries)('%s is told in one or two short sentences', (_, meaning) => {
  expect(meaning).toMatch(/^[A-Z].*[a-z0-9]\.$/)
  expect(meaning.length).toBeLessThanOrEqual(170)
  expect(meaning.split(/[.?!] /).length).toBeLessThanOrEqual(2)
})

test('labels name their terms, in any case', async () => {
  expect(termOf('Learning rate')).toBe('learning rate')
  expect(termOf('Epochs')).toBe('epoch')
  expect(termOf('Data set of nobody')).toBeUndefined()
  expect(termOf('constructor')).toBeUndefined()
  expect(await meaningOf('epoch')).toBe('One pass through all the training examples.')
})

test('the terms that everyone meets are there', () => {
  const terms = entries.map(([term]) => term)
  const met =
    'loss, epoch, batch, neuron, softmax, gradient, accuracy, test set, learning rate, parameter, layer, convolution, pooling, dropout, batch normalisation, optimizer, momentum, weight, bias, activation, ReLU, sigmoid, overfitting, augmentation, logit, saliency, calibration, confusion, kernel, seed, schedule, standardised, label smoothing, gradient clipping, validation'
  expect(terms).toEqual(expect.arrayContaining(met.split(', ')))
})
