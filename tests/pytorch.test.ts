// The exported PyTorch project, as far as that can be told without Python: tests/torch runs it.

import fc from 'fast-check'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { addDataset, datasetOf, mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { fashionMnist } from '../src/datasets/fashion-mnist'
import { pytorchFiles, pytorchZip, type PytorchRun } from '../src/formats/pytorch'
import { torchOptimizer } from '../src/formats/pytorch/optimizers'
import { trainScript } from '../src/formats/pytorch/script'
import { readNetwork } from '../src/formats/network'
import { readSafetensors } from '../src/formats/safetensors'
import { normal } from '../src/kernels/random'
import { compile } from '../src/model/compile'
import { initialPart } from '../src/model/fields'
import { learntFrom, layOut, tensorsOf } from '../src/model/parameters'
import { optimizerTypes } from '../src/model/optimizers'
import { findPreset, presets, presetsFor } from '../src/model/presets'
import { summarise, type LayerSpec, type Spec } from '../src/model/spec'
import { arbitrarySpecOf } from './arbitrary-spec'
import { oddFeatures, oddImages, oddSets } from './odd-sets'

const started = { initialiser: 'he', bias: 'yes' } as const
const preset = (name: string) => findPreset(name)?.spec ?? presets[0].spec

/** A checkpoint in which every value that is not padding is another one. */
function checkpointOf(spec: Spec): PytorchRun {
  const { train: trainCount, test: testCount } = datasetOf(spec)
  const model = compile(spec, { trainCount, testCount })
  const filled = (stream: number) => {
    const tensors = layOut(summarise(spec).layers).list.map(({ name, shape }, t) => {
      const count = shape.reduce((a, b) => a * b, 1)
      return { name, shape, values: Float32Array.from({ length: count }, (_, i) => normal(stream, t, i)) }
    })
    return learntFrom(spec, tensors)
  }
  const { parameters, running } = filled(1)
  const moments = model.snapshot.slice(2, -1).map((_, i) => filled(2 + i).parameters)
  return { spec, snapshot: { step: 4321, buffers: [parameters, running, ...moments, Uint32Array.of(4321, 1, 0, 0)] } }
}

describe('the project', () => {
  const spec: Spec = {
    ...preset('best'),
    layers: [
      { type: 'conv2d', filters: 3, kernel: 3, stride: 3, padding: 'same', activation: 'relu', ...started },
      { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
      { type: 'max-pooling', size: 4, stride: 3 },
      { type: 'flatten' },
      { type: 'dense', units: 10, activation: 'linear', ...started },
    ],
  }
  const checkpoint = checkpointOf(spec)
  const files = pytorchFiles(checkpoint)

  it('is zipped as it is', () => {
    const unzipped = unzipSync(pytorchZip(checkpoint))
    expect(Object.keys(unzipped).sort()).toEqual(['README.txt', 'model.safetensors', 'train.py'])
    expect(strFromU8(unzipped['train.py'])).toBe(files['train.py'])
    expect(strFromU8(unzipped['README.txt'])).toBe(files['README.txt'])
    expect(unzipped['model.safetensors']).toEqual(files['model.safetensors'])
  })

  it('holds the whole state of the run', () => {
    const { tensors, metadata } = readSafetensors(files['model.safetensors'])
    expect(metadata['inkling.step']).toBe('4321')
    expect(JSON.parse(metadata['inkling.spec'])).toEqual(spec)
    const [parameters, running, first, second] = checkpoint.snapshot.buffers as readonly Float32Array[]
    const named = new Map(tensors.map(({ name, ...tensor }) => [name, tensor]))
    for (const { name, shape, values } of tensorsOf(spec, { parameters, running })) {
      expect(named.get(name), name).toEqual({ shape, values })
    }
    for (const [moment, values] of Object.entries({ 'first-moment': first, 'second-moment': second })) {
      const own = tensorsOf(spec, { parameters: values, running }).filter(({ name }) => !/mean|variance/.test(name))
      for (const tensor of own) {
        const there = named.get(`optimizer.${moment}.${tensor.name}`)
        expect(there, tensor.name).toEqual({ shape: tensor.shape, values: tensor.values })
      }
    }
    expect(tensors).toHaveLength(layOut(summarise(spec).layers).list.length + 2 * 6)
  })

  it('is a network that Inkling reads', () => {
    const [parameters, running] = checkpoint.snapshot.buffers
    expect(readNetwork(files['model.safetensors'])).toEqual({ spec, learnt: { parameters, running } })
  })

  it('carries the statistics of standardised inputs, which Inkling reads', () => {
    const scaled = { ...spec, input: 'standardised' } as const
    const statistics = { mean: new Float32Array(784).fill(0.25), deviation: new Float32Array(784).fill(0.5) }
    const { 'model.safetensors': model } = pytorchFiles({ ...checkpointOf(scaled), statistics })
    expect(readNetwork(model)).toMatchObject({ spec: scaled, statistics })
  })

  it('takes no gradients of frozen layers, and has no moments of them', () => {
    const still: Spec = {
      ...spec,
      layers: spec.layers.map((layer, at): LayerSpec => (at < 2 ? ({ ...layer, frozen: true } as LayerSpec) : layer)),
    }
    const { 'train.py': script, 'model.safetensors': model } = pytorchFiles(checkpointOf(still))
    expect(readNetwork(model).spec).toEqual(still)
    const { tensors } = readSafetensors(model)
    const moments = tensors.filter(({ name }) => name.startsWith('optimizer.')).map(({ name }) => name)
    expect(moments.every((name) => name.includes('.layers.4.'))).toBe(true)
    expect(tensors.every(({ values }) => values.every(Number.isFinite))).toBe(true)
    expect(script).toContain('        self.layer0.requires_grad_(False)  # frozen\n')
    expect(script).toContain('        super().train(mode)\n        self.layer1.eval()\n        return self\n')
    expect(script).toMatch(/WEIGHTS = \{\n {4}"layers.4.weights": "layer4.weight",\n\}/)
    expect(script).toMatch(/FROZEN = \{\n {4}"layers.0.weights": "layer0.weight",\n {4}"layers.0.bias"/)
    expect(script).toContain('NAMES = {**WEIGHTS, **OTHERS, **RUNNING, **FROZEN}')
    for (const word of ['FROZEN', 'requires_grad_', 'super().train(mode)']) {
      expect(files['train.py']).not.toContain(word)
    }
  })

  it('says how to run it', () => {
    for (const text of [files['README.txt'], files['train.py']]) {
      expect(text).toContain('from step 4321')
      expect(text).toContain('python3 train.py --data DIR')
      expect(text).toContain('torchrun --nproc_per_node 2 train.py --data DIR')
    }
  })
})

describe('the project of another data set', () => {
  const filesOf = (dataset: Dataset) => pytorchFiles(checkpointOf(presetsFor(dataset)[0].spec))

  it.each([fashionMnist, ...oddSets])('$title: is a network that Inkling reads, with its classes', (dataset) => {
    const [{ spec }] = presetsFor(dataset)
    const { 'train.py': script, 'model.safetensors': model } = filesOf(dataset)
    expect(readNetwork(model).spec).toEqual(spec)
    expect(JSON.parse(readSafetensors(model).metadata['inkling.classes'])).toEqual(dataset.classes)
    for (const name of dataset.classes) expect(script).toContain(`    ${JSON.stringify(name)},\n`)
    expect(script).not.toMatch(/(?<!Fashion-)\bMNIST\b/)
    expect(script).toContain(`DATASET = ${JSON.stringify(dataset.title)}\n`)
  })

  it('says where to get Fashion-MNIST', () => {
    const { 'train.py': script, 'README.txt': readme } = filesOf(fashionMnist)
    expect(script).toContain('TORCHVISION = "FashionMNIST"')
    expect(script).toContain('INPUT = [28, 28]')
    expect(readme).toContain("Fashion-MNIST's\nfour files")
    for (const text of [script, readme]) expect(text).toContain('http://fashion-mnist.s3-website')
  })

  it('says what a file of tensors must contain', () => {
    const images = filesOf(oddImages)
    expect(images['train.py']).toContain('INPUT = [20, 12, 3]')
    expect(images['README.txt']).toContain('train.inputs  U8 [403, 20, 12, 3]')
    const features = filesOf(oddFeatures)
    expect(features['train.py']).toContain('INPUT = [5]')
    expect(features['README.txt']).toContain('test.inputs   F32 [89, 5]')
    expect(features['README.txt']).toContain('features: length, width, mass, age, hue')
    expect(features['README.txt']).toContain('from 0: ash, birch, cedar')
  })

  it('quotes any text of the data set', () => {
    const title = '"""\nimport os # \\'
    const dataset: Dataset = { ...oddFeatures, id: 'own:quotes', title, classes: ['"', "'''", '\\\n'] }
    addDataset(dataset)
    const script = trainScript(presetsFor(dataset)[0].spec, 0)
    expect(script).not.toMatch(/^import os #/m)
    expect(script).toContain(String.raw`DATASET = "\"\"\"\nimport os # \\"` + '\n')
    expect(script).toContain(['CLASS_NAMES = [', String.raw`"\"",`, `"'''",`, String.raw`"\\\n",`].join('\n    '))
  })
})

it.each(Object.keys(optimizerTypes) as (keyof typeof optimizerTypes)[])(
  'the moments of %s are those of its snapshots',
  (type) => {
    const optimizer = initialPart(optimizerTypes, type)
    const names = torchOptimizer(optimizer).moments.map(([name]) => name)
    const { snapshot } = compile({ ...presets[0].spec, optimizer }, { trainCount: 60_000, testCount: 10_000 })
    // Plain gradient descent has a velocity that it leaves alone.
    const kept = snapshot.slice(2, -1).map(({ name }) => name)
    expect(names).toEqual(type === 'sgd' ? [] : kept)
    expect(snapshot.map(({ name }) => name)).toEqual(['parameters', 'running', ...kept, 'train/state'])
  },
)

describe('the script', () => {
  /** The statements of the module. */
  function network(layers: readonly LayerSpec[]): string[] {
    const source = trainScript({ ...presets[0].spec, layers: [...layers] }, 0)
    const [, body] = source.split('class Network(nn.Module):\n')
    const lines = body.split('\n\n\n')[0].split('\n')
    return lines.map((line) => line.trim()).filter((line) => line && !/^("""|def )/.test(line))
  }
  const conv = { type: 'conv2d', filters: 6, kernel: 5, stride: 1, padding: 'same', activation: 'gelu' } as const

  it('writes the layers as a person would', () => {
    const lines = network([
      { ...conv, ...started },
      { type: 'max-pooling', size: 2, stride: 2 },
      { ...conv, ...started, kernel: 3, stride: 2, activation: 'linear', bias: 'no' },
      { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
      { type: 'activation', activation: 'relu' },
      { type: 'dropout', rate: 0.25 },
      { type: 'flatten' },
      { type: 'dropout', rate: 0 },
      { type: 'dense', units: 10, activation: 'linear', ...started },
    ])
    expect(lines).toEqual([
      'super().__init__()',
      'self.layer0 = nn.Conv2d(1, 6, 5, padding=2)',
      'self.layer2 = nn.Conv2d(6, 6, 3, stride=2, bias=False)',
      'self.layer3 = BatchNorm(6, momentum=0.1, eps=0.00001)',
      'self.layer8 = nn.Linear(294, 10)',
      'x = F.gelu(self.layer0(x), approximate="tanh")  # [rows, 6, 28, 28]',
      'x = F.max_pool2d(x, 2, 2)  # [rows, 6, 14, 14]',
      'x = F.pad(x, (0, 1, 0, 1))  # left, right, top, bottom',
      'x = self.layer2(x)  # [rows, 6, 7, 7]',
      'x = self.layer3(x)  # [rows, 6, 7, 7]',
      'x = F.relu(x)  # [rows, 6, 7, 7]',
      'if self.training:',
      'x = dropout(x, 0.25, 5, step, rows, 8)',
      'x = x.permute(0, 2, 3, 1).flatten(1)  # [rows, 294], channels last as in Inkling',
      'x = self.layer8(x)  # [rows, 10]',
      'return x',
    ])
  })

  it('lists the differences from Inkling, if there are any', () => {
    expect(trainScript(preset('default'), 0)).toContain('Inkling replaces 30% of the images by synthetic handwriting')
    expect(trainScript(preset('lenet'), 0)).not.toContain('synthetic handwriting')
  })

  it('contains only the parts that it needs', () => {
    const plain = trainScript(preset('softmax'), 0)
    const all = trainScript(preset('best'), 0)
    for (const part of ['def dropout(', 'class BatchNorm(', 'import all_reduce', 'ROTATION = ']) {
      expect(all).toContain(part)
      expect(plain).not.toContain(part)
    }
  })

  const all = [mnist, fashionMnist, ...oddSets].flatMap(presetsFor)
  it.each(all.map(({ name, spec }) => ({ name, spec })))(
    'has no lines too long to read: $name on $spec.dataset',
    ({ spec }) => {
      const lines = trainScript(spec, 0).split('\n')
      expect(lines.filter(({ length }) => length > 120)).toEqual([])
    },
  )

  it.each([mnist, ...oddSets])('is well formed for any spec of $title', (dataset) => {
    fc.assert(
      fc.property(arbitrarySpecOf(dataset), fc.nat(), (spec, step) => {
        const source = trainScript(spec, step)
        expect(source).not.toMatch(/undefined|\bNaN\b|\bInfinity\b|\[object|\$\{|\bnull\b|\btrue\b|\bfalse\b|\t/)
        expect(source).not.toMatch(/\n{4}| \n/)
        for (const open of ['()', '[]', '{}']) expect(count(source, open[0]), open).toBe(count(source, open[1]))
        for (const { name, role } of layOut(summarise(spec).layers).list) {
          expect(source.includes(`"${name}": "layer`), name).toBe(role !== 'unused')
        }
        // Whatever is called is there: a part left out would not be.
        for (const part of [
          'dropout',
          'BatchNorm',
          'augment',
          'losses',
          'learning_rate',
          'make_optimizer',
          'Network',
          'statistics',
          'read_examples',
          'add_options',
          'download',
        ]) {
          if (count(source, `${part}(`) > 0) expect(source).toMatch(new RegExp(`^(def|class) ${part}\\(`, 'm'))
        }
      }),
      { numRuns: 150 },
    )
  })
})

const count = (text: string, part: string) => text.split(part).length - 1
