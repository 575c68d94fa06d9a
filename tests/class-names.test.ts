// What components show of data sets other than digits: names of classes, sizes and colours, and nothing that such a set cannot do.

import { render } from 'svelte/server'
import { describe, expect, it, test } from 'vitest'
import { Drawing } from '../src/app/drawing/drawing.svelte'
import ExampleView from '../src/app/drawing/ExampleView.svelte'
import Outputs from '../src/app/drawing/Outputs.svelte'
import TestExample from '../src/app/drawing/TestExample.svelte'
import { TestExamples } from '../src/app/drawing/test-examples.svelte'
import CommonMistakes from '../src/app/panels/results/CommonMistakes.svelte'
import ConfusionTable from '../src/app/panels/results/ConfusionTable.svelte'
import Scores from '../src/app/panels/results/Scores.svelte'
import { allDatasets, findDataset, mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import type { Prediction, TestResults } from '../src/session/protocol'
import { oddFeatures, oddImages } from './odd-sets'

const fashion = findDataset('fashion-mnist')!

/** The text of some HTML, with one space for whatever is between words. */
const textOf = (html: string) =>
  html
    .replace(/<!--.*?-->/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim()

/** The texts of all elements of a kind. */
const textsOf = (html: string, element: string) =>
  [...html.matchAll(new RegExp(`<${element}[\\s>].*?</${element}>`, 'gs'))].map(([all]) => textOf(all))

describe('outputs', () => {
  const show = (dataset: Dataset, prediction: Prediction) =>
    textsOf(render(Outputs, { props: { dataset, prediction, loss: 'cross-entropy' } }).body, 'li')

  it('of digits are ten, in order', () => {
    const outputs = Array.from({ length: 10 }, (_, i) => (i === 7 ? 0.91 : 0.01))
    const items = show(mnist, { outputs, label: 7, step: 1 })
    expect(items).toHaveLength(10)
    expect([items[0], items[7]]).toEqual(['0 : 1.0%', '7 : 91.0%'])
  })

  it('of a set of features have its three names', () => {
    expect(show(oddFeatures, { outputs: [0.1, 0.7, 0.2], label: 1, step: 1 })).toEqual([
      'ash : 10.0%',
      'birch : 70.0%',
      'cedar : 20.0%',
    ])
  })

  it('of clothes have theirs', () => {
    const outputs = Array.from({ length: 10 }, () => 0.1)
    expect(show(fashion, { outputs, label: 0, step: 1 }).at(-1)).toBe('Ankle boot : 10.0%')
  })
})

test.each(allDatasets())('every class of $title has a word for one and for all, or none has', ({ classes, nouns }) => {
  expect(nouns?.length ?? classes.length).toBe(classes.length)
  // `a shirt` and `shirts`; what has no singular is the same in both.
  for (const [one, all] of nouns ?? []) {
    expect(all).toMatch(/s$/)
    if (one !== all) expect(one).toMatch(/^(a [^aeiou]|an [aeiou])/i)
  }
})

describe('an example', () => {
  it('is a picture of its own size', () => {
    const { body } = render(ExampleView, {
      props: { input: oddImages.input, example: new Uint8Array(720), label: 'north' },
    })
    expect(body).toMatch(/<canvas[^>]* width="12" height="20"/)
    expect(body).toContain('aria-label="north"')
  })

  it('is a list of features, shortened if there are many', () => {
    const props = { input: oddFeatures.input, example: Float32Array.of(0.5, 12.25, 3e7, -2, 0), label: 'birch' }
    const { body } = render(ExampleView, { props })
    expect(textsOf(body, 'dt')).toEqual(['length', 'width', 'mass', 'age', 'hue'])
    expect(textsOf(body, 'dd')).toEqual(['0.5', '12.25', '3.0e7', '-2', '0'])
    const short = render(ExampleView, { props: { ...props, most: 2 } }).body
    expect(textsOf(short, 'dt')).toEqual(['length', 'width'])
    expect(textOf(short)).toContain('and 3 more')
  })

  it('of the test set replaces the pad, with its class and buttons for others', () => {
    const drawing = new Drawing(() => Promise.resolve(undefined), fashion)
    const examples = new TestExamples(() => Promise.resolve([]), drawing)
    drawing.lay({ example: new Uint8Array(784), label: 9, number: 3, name: 'test image No. 3, an ankle boot' })
    const { body } = render(TestExample, { props: { drawing, examples, ready: true } })
    expect(textOf(body)).toContain('Test image No. 3: Ankle boot')
    for (const name of ['Previous', 'Next', 'Random']) expect(body).toContain(`aria-label="${name} test image"`)
  })
})

describe('the confusion of a set', () => {
  const common = { isChosen: () => false, choose: () => {}, labelledBy: 'a', describedBy: 'b' }
  const matrix = [
    [5, 0, 1, 0],
    [0, 6, 0, 0],
    [0, 0, 6, 0],
    [2, 0, 0, 4],
  ]

  it('of four classes is a table with their names', () => {
    const { body } = render(ConfusionTable, { props: { ...common, matrix, dataset: oddImages } })
    expect(textsOf(body, 'th').slice(2)).toEqual([
      ...oddImages.classes.map((name) => `Predicted ${name}`),
      ...oddImages.classes.map((name) => `True ${name}`),
    ])
    expect(textsOf(body, 'button')).toHaveLength(16)
    expect(body).toContain('aria-label="1 of north read as south, 16.7%"')
  })

  it('of many is a list of mistakes', () => {
    const { body } = render(CommonMistakes, { props: { ...common, matrix, dataset: oddImages } })
    expect(textsOf(body, 'li')).toEqual(['"west" & more as north 2 33.3%', 'north as south 1 16.7%'])
  })

  it('has scores by class', () => {
    const answers: TestResults = {
      step: 1,
      labels: Uint8Array.of(0, 1, 2),
      predicted: Uint8Array.of(0, 1, 1),
      confidence: Float32Array.of(1, 1, 1),
      probabilities: true,
    }
    const { body } = render(Scores, { props: { answers, dataset: oddFeatures } })
    expect(textsOf(body, 'tr').map((row) => row.split(' ')[0])).toEqual(['Class', 'ash', 'birch', 'cedar'])
    expect(textsOf(body, 'tr')[2]).toBe('birch 1 50.0% 100.0% 66.7%')
  })
})
