// The numbers that the Inside tab writes: every equation recomputed, of every kind of layer, forward, back and in the update.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { equationOf, maximumOf } from '../src/app/panels/network-words'
import { formatNumber } from '../src/app/panels/numbers'
import { windowMaps } from '../src/app/panels/network/window-maps'
import { backEquation, lossTerms, movesOf, neuronIn, stagesOf } from '../src/app/panels/network/walk-numbers'
import { lossEquation, ruleOf, stageTitle, stageWords, formatMoved } from '../src/app/panels/network/walk-words'
import { ACTIVATIONS, activate, type ActivationName } from '../src/kernels/activation'
import { howOf, passesOn, readsWindow } from '../src/model/neuron'
import { countOf } from '../src/model/shape'
import { summarise, type LayerSpec, type Spec } from '../src/model/spec'
import type { StepWalk } from '../src/session/protocol'
import { walkThrough } from '../src/session/inspectors/walk'
import { Trainer } from '../src/session/trainer'
import { deviation, image, mean, networks, specOf } from './every-layer'
import { fillStores, SIZE } from './tiny-digits'

const LABEL = 4

async function walkOf(spec: Spec): Promise<StepWalk> {
  const backend = createReference()
  fillStores(backend)
  const nothing = () => {}
  const listener = {
    progress: nothing,
    train: nothing,
    test: nothing,
    validation: nothing,
    diverged: nothing,
    failed: nothing,
  }
  const trainer = await Trainer.create(backend, spec, { ...SIZE, statistics: { mean, deviation } }, listener)
  for (let i = 0; i < 2; i++) await trainer.step()
  return walkThrough({ backend, trainer }, { example: image, label: LABEL })
}

/** A number as the page writes it. */
const read = (text: string) => Number(text.replaceAll('−', '-').replaceAll(',', ''))
/** Half a unit of the last of three digits that count; of two where it is written with an exponent. */
const rounding = (value: number) =>
  value === 0 ? 0 : 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - (Math.abs(value) < 1e-3 ? 1 : 2)) * 1.001

const functions: Readonly<Record<string, ActivationName>> = {
  ReLU: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  GELU: 'gelu',
}
const close = (a: number, b: number, what: string) =>
  expect(Math.abs(a - b), what).toBeLessThan(1e-4 * Math.max(1, Math.abs(b)))

describe.each(Object.entries(networks))('%s', (_, partial) => {
  const spec = specOf({ ...partial, labelSmoothing: partial.loss === 'quadratic' ? 0 : 0.1 })
  const made = walkOf(spec)
  const places = (count: number) => [...new Set([0, Math.floor(count / 2), count - 1])]

  it('adds up in every equation, as it is and as it is written', async () => {
    const walk = await made
    summarise(spec).layers.forEach(({ outputShape }, layer) => {
      if (passesOn(spec.layers[layer].type)) return
      for (const unit of places(countOf(outputShape))) {
        const what = `layer ${layer}, unit ${unit}`
        const neuron = neuronIn(walk, { layer, unit })!
        const { sum, value, bias, activation } = neuron
        close(activate(ACTIVATIONS[activation], sum), value, what)
        const { terms, rest, text } = equationOf(neuron, 6)
        close(
          terms.reduce((total, { input, weight }) => total + input * weight, bias + rest),
          sum,
          what,
        )
        // Each number of the table is as it is, but for its rounding.
        for (const { input, weight, term } of terms) {
          const product = read(formatNumber(input)) * read(formatNumber(weight))
          const slack = Math.abs(input) * rounding(weight) + Math.abs(weight) * rounding(input) + rounding(term)
          expect(Math.abs(product - read(formatNumber(term))), what).toBeLessThanOrEqual(1.01 * slack + 1e-12)
        }
        const written = [...terms.map(({ term }) => term), rest, bias]
        const total = written.reduce((total, each) => total + read(formatNumber(each)), 0)
        const slack = written.reduce((total, each) => total + rounding(each), rounding(sum))
        expect(Math.abs(total - read(formatNumber(sum))), what).toBeLessThanOrEqual(slack + 1e-12)
        const shown = /(\w+)\((−?[\d.,e−]+)\) = (−?[\d.,e−]+)$/.exec(text)
        if (shown) {
          const result = activate(ACTIVATIONS[functions[shown[1]]], read(shown[2]))
          // No activation here is steeper than GELU, whose slope stays below 1.13.
          expect(Math.abs(result - read(shown[3])), text).toBeLessThanOrEqual(
            1.13 * rounding(sum) + rounding(value) + 1e-5,
          )
        } else expect(read(/ = (−?[\d.,e−]+)$/.exec(text)![1]), text).toBeCloseTo(read(formatNumber(value)), 9)

        if (howOf(spec.layers[layer].type) === 'largest') {
          const [, inside, most] = /^max\((.*)\) = (.*)$/.exec(maximumOf(neuron))!
          expect(read(most)).toBe(
            Math.max(
              ...inside
                .split(', ')
                .filter((each) => each !== '…')
                .map(read),
            ),
          )
        }
        if (!readsWindow(spec.layers[layer].type)) continue
        const maps = windowMaps(neuron)
        close(
          maps.reduce((total, { sum }) => total + sum, bias),
          sum,
          what,
        )
        for (const { inputs, weights, products } of maps) {
          products.forEach((product, i) => close(inputs[i] * weights[i], product, what))
        }
      }
    })
  })

  it('has a loss that is the sum over the classes, with its own numbers', async () => {
    const walk = await made
    const terms = lossTerms(walk)
    close(
      terms.reduce((total, { loss }) => total + loss, 0),
      walk.loss,
      'loss',
    )
    const text = lossEquation(walk, terms)
    expect(read(text.split(' = ').at(-1)!)).toBeCloseTo(walk.loss, 2)
    for (const { output, target, slope } of terms) {
      const last = walk.layers.length - 1
      const { activation } = neuronIn(walk, { layer: last, unit: 0 })!
      const steep = activation === 'sigmoid' ? output * (1 - output) : 1
      close((output - target) * steep, slope, 'slope')
    }
    if (spec.loss === 'cross-entropy') {
      const smooth = lossEquation(
        { ...walk, spec: { ...spec, labelSmoothing: 0 }, loss: -Math.log(terms[LABEL].output) },
        terms,
      )
      const [, share, is] = /−ln\(([\d.e−]+)\) = (.*)$/.exec(smooth)!
      expect(Math.abs(-Math.log(read(share)) - read(is))).toBeLessThanOrEqual(rounding(read(is)) + 1e-4)
    }
  })

  it('brings slopes back from the layer above', async () => {
    const walk = await made
    let told = 0
    summarise(spec).layers.forEach(({ outputShape }, layer) => {
      if (passesOn(spec.layers[layer].type)) return
      for (const unit of places(countOf(outputShape))) {
        const back = backEquation(walk, { layer, unit })
        if (!back) continue
        told++
        const sum = back.terms.reduce((total, { weight, slope }) => total + weight * slope, 0)
        close(back.derivative * sum, back.slope, `layer ${layer}, unit ${unit}`)
      }
    })
    const computing = spec.layers.filter(({ type }) => !passesOn(type)).length
    expect(told > 0).toBe(computing > 1)
  })

  it('moves weights as their values and slopes say', async () => {
    const walk = await made
    const layer = spec.layers.length - 1
    const moves = movesOf(walk, { layer, unit: LABEL })
    expect(moves.map(({ of }) => of)).toContain('bias')
    for (const { of, input, gradient, before, after } of moves) {
      const slope = walk.slopes[layer][LABEL]
      close(of === 'bias' ? slope : input! * slope, gradient, `gradient of ${of}`)
      expect(Math.sign(read(formatMoved(after, after - before)) - read(formatMoved(before, after - before)))).toBe(
        Math.sign(after - before),
      )
    }
    spec.layers.forEach(({ type }, each) => {
      const has = howOf(type) === 'sum' || howOf(type) === 'normalised'
      expect(movesOf(walk, { layer: each, unit: 0 }).length > 0, type).toBe(has)
    })
  })

  it('has words for every stop', async () => {
    const walk = await made
    const stages = stagesOf(spec.layers)
    const computing = spec.layers.filter(({ type }) => !passesOn(type)).length
    expect(stages).toHaveLength(2 * computing + 2)
    for (const stage of stages) {
      expect(stageTitle(walk, stage)).toMatch(/^(Forward|Loss|Backward|Update): \w/)
      expect(stageWords(walk, stage)).toMatch(/^[A-Z].*\.$/)
    }
    expect(stageWords(walk, { kind: 'update' })).toContain(`the mean of ${spec.batchSize} such gradients`)
    expect(ruleOf(walk).rule).toContain('new weight = weight − ')
  })
})

describe('with frozen layers', () => {
  const partial = networks['batch normalisation of images and vectors']
  /** All below the second dense layer, its batch normalisation, and nothing else. */
  const spec = specOf({
    ...partial,
    layers: partial.layers!.map((layer, at): LayerSpec =>
      [0, 1, 6].includes(at) ? ({ ...layer, frozen: true } as LayerSpec) : layer,
    ),
  })
  const made = walkOf(spec)

  it('goes back no further than to the lowest layer that learns', async () => {
    const stages = stagesOf(spec.layers)
    const at = (kind: string) => stages.flatMap((stage) => (stage.kind === kind ? [stage.layer] : []))
    expect(at('values')).toEqual([0, 1, 2, 3, 5, 6, 7, 9])
    expect(at('slopes')).toEqual([9, 7, 6, 5])
    const walk = await made
    expect(stageTitle(walk, { kind: 'update' })).toBe('Update: every weight moves that is not frozen')
    const words = stageWords(walk, { kind: 'update' })
    expect(words).toContain('layer 7 (Batch norm) have no gradient and stay as they are.')
    expect(words).not.toContain('batch norm uses the mean')
  })

  it('leaves the weights of those as they are, and moves the others', async () => {
    const walk = await made
    for (const layer of [0, 1, 6]) expect(movesOf(walk, { layer, unit: 0 })).toEqual([])
    for (const layer of [5, 9]) {
      const moves = movesOf(walk, { layer, unit: 1 })
      expect(moves.some(({ before, after }) => before !== after)).toBe(true)
      expect(moves.every(({ kept }) => kept.every(Number.isFinite))).toBe(true)
    }
    for (const { frozen, role, offset } of walk.list) {
      if (role !== 'running' && frozen) expect(walk.after[offset]).toBe(walk.before[offset])
    }
  })
})
