// The Network panel's own logic: where values lie on the page, how a key moves among them, lines, and equations in words.

import { describe, expect, it } from 'vitest'
import {
  brokenUp,
  equationOf,
  inputName,
  inputsHeading,
  layerHeading,
  outputName,
  unitName,
} from '../src/app/panels/network-words'
import { formatNumber, formatPart, formatSigned } from '../src/app/panels/numbers'
import { night, writeLight } from '../src/app/panels/network/light'
import { linesOf, windowsOf } from '../src/app/panels/network/lines'
import {
  exampleHeading,
  fitting,
  headingOf,
  leastWidth,
  SIZE,
  TITLE,
  widthOf,
} from '../src/app/panels/network/headings'
import { boxIn, headingRoom, layOutPicture } from '../src/app/panels/network/picture'
import { boxOf, largestOf, moved, paint, sheetOf, unitAt, type Ramp } from '../src/app/panels/sheet'
import { mapShape, mapsOf, saliencyWords } from '../src/app/panels/network/saliency'
import { writePixels } from '../src/app/drawing/example-pixels'
import { datasetOf, findDataset, mnist } from '../src/datasets'
import type { ImageInput } from '../src/datasets/dataset'
import type { LayerKind } from '../src/model/layers'
import type { Neuron } from '../src/model/neuron'
import { countOf } from '../src/model/shape'
import { shapeOf as exampleShape } from '../src/model/examples'
import { passesOn } from '../src/model/neuron'
import { presets, presetsFor } from '../src/model/presets'
import { summarise } from '../src/model/spec'
import type { Look } from '../src/session/protocol'
import { allOf, className, inputSize, named, oneOf } from '../src/ui/class-words'
import { longestName } from '../src/ui/class-words'
import { oddFeatures, oddImages } from './odd-sets'

describe.each([
  [[10]],
  [[100]],
  [[192]],
  [[4096]],
  [[28, 28]],
  [[20, 12, 3]],
  [[128, 128]],
  [[26, 26, 32]],
  [[5, 5, 24]],
  [[1, 1, 7]],
])('a sheet of %j', (shape) => {
  it.each([330, 850])('fits into %i pixels, and finds every value at its place', (available) => {
    const sheet = sheetOf(shape, available)
    expect(sheet.width).toBeLessThanOrEqual(available)
    const count = countOf(shape)
    for (let unit = 0; unit < count; unit += Math.max(1, Math.floor(count / 500))) {
      const { x, y, width, height } = boxOf(sheet, unit)
      expect(x >= 0 && y >= 0 && x + width <= sheet.width && y + height <= sheet.height).toBe(true)
      expect(unitAt(sheet, x + width / 2, y + height / 2)).toBe(unit)
    }
  })

  it('paints every value once, and nothing between tiles', () => {
    const sheet = sheetOf(shape, 400)
    const pixels = new Uint32Array(sheet.width * sheet.height)
    const ramp: Ramp = { colours: Uint32Array.of(1, 2, 3), broken: 9 }
    const values = new Float32Array(countOf(shape)).fill(1)
    values[0] = NaN
    values[1] = -1
    paint(pixels, sheet, values, 1, ramp)
    const share = sheet.zoom ** 2
    const painted = (colour: number) => pixels.filter((pixel) => pixel === colour).length
    expect([painted(9), painted(1), painted(3)]).toEqual([share, share, share * (values.length - 2)])
  })
})

it('moves among neurons and among places of a map', () => {
  const cells = sheetOf([50], 100)
  expect(moved(cells, 3, 'ArrowRight')).toBe(4)
  expect(moved(cells, 0, 'ArrowLeft')).toBe(0)
  expect(moved(cells, 3, 'ArrowDown')).toBe(3 + cells.across)
  expect(moved(cells, 49, 'ArrowDown')).toBe(49)
  expect(moved(cells, 3, 'End')).toBe(49)
  expect(moved(cells, 3, 'a')).toBeUndefined()
  const maps = sheetOf([4, 5, 3], 400)
  const at = (y: number, x: number, map: number) => (y * 5 + x) * 3 + map
  expect(moved(maps, at(1, 2, 0), 'ArrowDown')).toBe(at(2, 2, 0))
  expect(moved(maps, at(3, 4, 0), 'ArrowRight')).toBe(at(3, 4, 0))
  expect(moved(maps, at(1, 2, 0), 'PageDown')).toBe(at(1, 2, 1))
  expect(moved(maps, at(1, 2, 2), 'Home')).toBe(at(0, 0, 2))
})

const neuron: Neuron = {
  layer: 1,
  unit: 2,
  sources: Int32Array.of(0, 1, 2, 3, -1),
  inputs: Float32Array.of(1, 2, 0.5, 0, 0),
  weights: Float32Array.of(0.5, -2, 0.25, 9, 5),
  shape: [5],
  bias: -0.5,
  sum: -3.875,
  activation: 'relu',
  value: 0,
}

it('writes an equation with its own numbers, which add up', () => {
  const { terms, others, rest, text } = equationOf(neuron, 2)
  expect(terms.map(({ term }) => term)).toEqual([-4, 0.5])
  expect(others).toBe(2)
  expect(terms.reduce((sum, { term }) => sum + term, rest + neuron.bias)).toBeCloseTo(neuron.sum)
  expect(text).toBe('ReLU(2 × −2 + 1 × 0.5 + … − 0.5) = ReLU(−3.88) = 0')
  expect(equationOf({ ...neuron, activation: 'linear', value: -3.875 }, 9).text).toMatch(/− 0.5 = −3.88$/)
})

it('breaks an equation before signs and equals signs only', () => {
  const { text } = equationOf(neuron, 2)
  expect(brokenUp(text)).toEqual(['ReLU(2 × −2', '+ 1 × 0.5', '+ …', '− 0.5)', '= ReLU(−3.88)', '= 0'])
  expect(brokenUp(text).join(' ')).toBe(text)
  expect(brokenUp('max(0.1, −2) = 0.1')).toEqual(['max(0.1,', '−2)', '= 0.1'])
})

it('formats numbers and names places', () => {
  expect([0, 12.345, -0.00001, 123456, NaN, -Infinity].map(formatNumber)).toEqual([
    '0',
    '12.3',
    '−1.0e−5',
    '1.2e5',
    'not a number',
    '−infinite',
  ])
  expect([999.6, 1000, 26904.3, -50000, 2079.44].map(formatNumber)).toEqual([
    '1,000',
    '1,000',
    '26,904',
    '−50,000',
    '2,079.4',
  ])
  expect([0, 2, -2].map(formatSigned)).toEqual(['0', '+2', '−2'])
  expect(unitName([28, 28], 29)).toBe('row 2, column 2')
  expect(unitName([4, 5, 3], 19)).toBe('map 2, row 2, column 2')
  const { layers } = presets[0].spec
  expect([-1, 0, layers.length - 1].map((layer) => layerHeading(layers, layer, mnist))).toEqual([
    'The picture',
    'Layer 1 (Dense 192)',
    'The output layer (Dense 10)',
  ])
  expect(outputName(mnist, 3)).toBe('digit 3')
  expect(largestOf(Float32Array.of(1, -3, NaN, Infinity))).toBe(3)
})

it('says all and none only of exact shares', () => {
  const of1000 = [0, 1, 9, 10, 505, 990, 991, 999, 1000]
  expect(of1000.map((part) => formatPart(part, 1000))).toEqual([
    '0%',
    'under 1%',
    'under 1%',
    '1%',
    '51%',
    '99%',
    'over 99%',
    'over 99%',
    '100%',
  ])
})

const layers = (kind: LayerKind, place: { layer: number; unit: number } | undefined) => ({
  place,
  below: (layer: number) => layer - 1,
  shapeOf: () => [2, 2, 1],
  kindOf: () => kind,
})
const look: Look = {
  spec: presets[0].spec,
  step: 0,
  inputs: new Float32Array(),
  layers: [],
  reasons: {
    label: 5,
    inputs: new Float32Array(),
    layers: [],
    paths: [
      { from: { layer: 1, unit: 2 }, to: { layer: 2, unit: 5 }, adds: -4 },
      { from: { layer: 1, unit: 0 }, to: { layer: 2, unit: 6 }, adds: 2 },
    ],
  },
  neuron: undefined,
  saliency: undefined,
  busy: 0,
}

it('draws the paths of the answer, of a neuron its own, and the window of one that reads an image', () => {
  const all = linesOf(layers('dense', undefined), look)
  expect(all.map(({ weight }) => weight)).toEqual([-1, 0.5])
  const own = linesOf(layers('dense', neuron), { ...look, neuron })
  expect(own.map(({ from, to, weight }) => [from.layer, from.unit, to.layer, to.unit, weight])).toEqual([
    [0, 1, 1, 2, -1],
    [0, 0, 1, 2, 0.125],
    [0, 2, 1, 2, 0.03125],
    [1, 2, 2, 5, -1],
  ])
  expect(windowsOf(layers('dense', neuron), neuron)).toEqual([])
  expect(windowsOf(layers('conv2d', neuron), neuron)).toEqual([{ layer: 0, first: 0, last: 3 }])
  // One line from each map that it reads, from the value that brings most.
  const window = linesOf(layers('conv2d', neuron), { ...look, neuron })
  expect(window.map(({ from, to, weight }) => [from.layer, from.unit, to.layer, to.unit, weight])).toEqual([
    [0, 1, 1, 2, -1],
    [1, 2, 2, 5, -1],
  ])
})

describe('other data sets than digits', () => {
  const fashion = findDataset('fashion-mnist')!

  it('have names for their inputs and outputs', () => {
    expect([mnist, oddImages, oddFeatures].map(inputsHeading)).toEqual(['The picture', 'The picture', 'The features'])
    expect([mnist, oddImages, oddFeatures].map(({ input }) => inputSize(input))).toEqual([
      '28 × 28 pixels',
      '20 × 12 pixels in red, green and blue',
      '5 features',
    ])
    expect(inputName(mnist, 29)).toBe('row 2, column 2')
    expect(inputName(oddImages, (1 * 12 + 2) * 3 + 1)).toBe('green, row 2, column 3')
    expect(inputName(oddFeatures, 2)).toBe('mass')
    expect([outputName(fashion, 9), outputName(oddImages, 1)]).toEqual(['Ankle boot', 'east'])
    expect([oneOf(mnist, 8), oneOf(mnist, 7), oneOf(fashion, 9)]).toEqual(['an 8', 'a 7', 'an ankle boot'])
    expect([oneOf(fashion, 1), named(mnist, 8), named(fashion, 9)]).toEqual(['trousers', '8', 'an ankle boot'])
    expect([allOf(mnist, 8), allOf(fashion, 9), className(mnist, 10)]).toEqual(['the 8s', 'the ankle boots', '?'])
  })

  it('have saliency maps: one value for the colours of a pixel, and a cell for a feature', () => {
    const coloured = Float32Array.from({ length: 4 * 20 * 12 * 3 }, (_, i) => i % 7)
    const maps = mapsOf(coloured, oddImages)
    expect(mapShape(oddImages)).toEqual([20, 12])
    expect(maps.map(({ length }) => length)).toEqual([240, 240, 240, 240])
    expect(maps[2][31]).toBe([0, 1, 2].reduce((sum, c) => sum + coloured[2 * 720 + 31 * 3 + c], 0))
    const features = Float32Array.from({ length: 15 }, (_, i) => i)
    expect(mapShape(oddFeatures)).toEqual([5])
    expect(mapsOf(features, oddFeatures).map((map) => [...map])).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14],
    ])
    expect([mnist, oddImages, oddFeatures].map((dataset) => saliencyWords(dataset).title)).toEqual([
      'Which parts of your drawing helped, and which hurt',
      'Which pixels helped, and which hurt',
      'Which features helped, and which hurt',
    ])
    expect(saliencyWords(mnist, true).title).toBe('Which parts of the picture helped, and which hurt')
    expect(saliencyWords(mnist).map('3')).toBe('What each pixel’s ink says for 3')
    expect(saliencyWords(oddFeatures).map('ash')).toBe('What each feature says for ash')
  })

  it('are drawn in their own size and colour', () => {
    const pixels = new Uint8ClampedArray(8)
    writePixels(pixels, oddImages.input as ImageInput, Uint8Array.of(1, 2, 3, 4, 5, 6))
    expect([...pixels]).toEqual([1, 2, 3, 255, 4, 5, 6, 255])
    const gray = new Uint8ClampedArray(8)
    writePixels(gray, mnist.input as ImageInput, Uint8Array.of(9, 8))
    expect([...gray]).toEqual([0, 0, 0, 9, 0, 0, 0, 8])
  })
})

describe.each(
  [mnist, findDataset('fashion-mnist')!, findDataset('plane.five')!, oddImages, oddFeatures].flatMap((dataset) =>
    presetsFor(dataset).map(({ name, spec }) => [dataset.id, name, spec] as const),
  ),
)('the picture of a network for %s, %s', (_, __, spec) => {
  it.each([
    [300, 240],
    [334, 260],
    [660, 300],
    [1100, 620],
  ])('stands in %i x %i pixels, and every unit is where it is found', (width, height) => {
    const shapes = [
      exampleShape(datasetOf(spec).input),
      ...summarise(spec)
        .layers.filter((layer) => !passesOn(layer.spec.type))
        .map(({ outputShape }) => outputShape),
    ]
    const { columns, ...layout } = layOutPicture(
      shapes,
      shapes.map((_, i) => i - 1),
      { width, height },
      longestName(datasetOf(spec)),
    )
    let right = -1
    columns.forEach((column, i) => {
      const { sheet, x, y } = column
      expect(x, 'columns do not overlap').toBeGreaterThan(right)
      right = x + sheet.width
      expect([y >= 0, y + sheet.height <= height, right <= layout.width]).toEqual([true, true, true])
      const count = countOf(shapes[i])
      for (let unit = 0; unit < count; unit += Math.max(1, Math.floor(count / 200))) {
        const box = boxIn(column, unit)
        expect(unitAt(sheet, box.x - x + box.width / 2, box.y - y + box.height / 2)).toBe(unit)
      }
    })
  })
})

it.each(presets)('columns of $title have room for their headings on a phone', ({ spec }) => {
  const { layers } = summarise(spec)
  const computing = layers.filter((layer) => !passesOn(layer.spec.type))
  const dataset = datasetOf(spec)
  const headings = [
    exampleHeading(dataset),
    ...computing.map((layer) => headingOf(layer.spec, layer.outputShape, layer === layers.at(-1))),
  ]
  const least = headings.map(leastWidth)
  const shapes = [exampleShape(dataset.input), ...computing.map(({ outputShape }) => outputShape)]
  const numbers = shapes.map((_, i) => i - 1)
  const layout = layOutPicture(shapes, numbers, { width: 320, height: 230 }, longestName(dataset), least)
  layout.columns.forEach((column, i) => {
    expect(headingRoom(layout, column), `column ${i}`).toBeGreaterThanOrEqual(least[i])
    for (const [words, weight] of [[headings[i].titles, TITLE] as const, [headings[i].sizes, SIZE] as const]) {
      expect(widthOf(fitting(headingRoom(layout, column), weight, words) ?? '', weight)).toBeLessThanOrEqual(
        headingRoom(layout, column),
      )
    }
  })
})

it('gives light to what is active, and colour to what it says of the answer', () => {
  const pixel = new Uint8ClampedArray(3)
  const light = (active: number, support: number) => {
    writeLight(pixel, 0, active, support)
    return [...pixel]
  }
  expect(light(0, 1)).toEqual([...night.dark])
  expect(light(1, 0)).toEqual([...night.neutral])
  expect(light(1, 1)).toEqual([...night.for])
  expect(light(-1, -1)).toEqual([...night.against])
  expect(light(NaN, 0)).toEqual([...night.broken])
})
