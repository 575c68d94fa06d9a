// Files of Keras models: every form they come in is read, with its settings, and what cannot be used is refused with the reason.

import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { toHalf } from '../src/formats/floats'
import { readLayersModel } from '../src/formats/keras'
import { FormatError } from '../src/formats/safetensors'
import { tensorsOf } from '../src/model/parameters'
import { difference } from './harness'
import {
  functional,
  imageOf,
  predictInkling,
  predictKeras,
  randomise,
  save,
  TOLERANCE,
  type Json,
  type Saved,
} from './keras-models'

const { layers } = tfl
const images = [1, 2, 3].map(imageOf)
const SHARD = 1_500

describe('a file', () => {
  /** A small network of the usual parts, as a graph, and its outputs. */
  let saved: Saved
  let expected: number[][]
  beforeAll(async () => {
    const model = functional(
      [28, 28, 1],
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 3, activation: 'relu', name: 'c' }),
      layers.batchNormalization({ name: 'n' }),
      layers.maxPooling2d({ poolSize: 2, name: 'p' }),
      layers.flatten({ name: 'f' }),
      layers.dense({ units: 10, activation: 'softmax', name: 'd' }),
    )
    randomise(model, 9)
    model.compile({ optimizer: tf.train.adam(0.002), loss: 'categoricalCrossentropy' })
    saved = await save(model, { shardBytes: SHARD, includeOptimizer: true })
    expected = predictKeras(model, images)
  })

  /** A copy to be changed. */
  const copy = (): Saved => ({ json: structuredClone(saved.json), shards: new Map(saved.shards) })
  const read = ({ json, shards }: Saved) => readLayersModel(JSON.stringify(json), shards)
  const outputs = (file: Saved) => predictInkling(read(file).network, images)

  it('is read with its settings', async () => {
    expect(saved.shards.size).toBe(2)
    const { network, notes } = read(saved)
    const { layers, ...settings } = network.spec
    expect(layers).toEqual([
      {
        type: 'conv2d',
        filters: 4,
        kernel: 3,
        stride: 3,
        padding: 'valid',
        activation: 'relu',
        initialiser: 'glorot',
        bias: 'yes',
      },
      { type: 'batch-normalisation', momentum: 0.01, epsilon: 0.001 },
      { type: 'max-pooling', size: 2, stride: 2 },
      { type: 'flatten' },
      { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' },
    ])
    expect(settings).toMatchObject({
      input: 'unit',
      augmentation: { type: 'none' },
      styleShare: 0,
      loss: 'cross-entropy',
      optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      learningRate: 0.002,
      schedule: { type: 'constant' },
    })
    expect(notes).toEqual([
      "The optimizer's own state is left out: it starts anew.",
      'It goes on learning from MNIST as it is, as in Keras: no warped images, no synthetic digits.',
    ])
    const actual = await outputs(saved)
    expect(difference(actual.flat(), expected.flat())).toBeLessThanOrEqual(TOLERANCE)
  })

  it('is read as an object too, with files named by their paths', () => {
    const shards = new Map([...saved.shards].map(([name, bytes]) => [`./${name}`, bytes]))
    expect(readLayersModel(saved.json, shards)).toEqual(read(saved))
  })

  it('of Keras 2 is read, with its model wrapped and longer names of weights', () => {
    const { json, shards } = copy()
    const { class_name, config } = json.modelTopology
    const [{ weights }] = json.weightsManifest
    for (const weight of weights) if (weight.group !== 'optimizer') weight.name = `model/${weight.name}:0`
    const { trainingConfig: training_config, ...rest } = json
    const modelTopology = {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: { class_name, config },
      training_config,
    }
    expect(read({ json: { ...rest, modelTopology }, shards })).toEqual(read(saved))
  })

  it('of Keras 3 is read, with its other names and graph', () => {
    const file = copy()
    const { config } = file.json.modelTopology
    for (const layer of config.layers) {
      const { batch_input_shape: batch_shape, ...rest } = layer.config
      layer.config = batch_shape ? { ...rest, batch_shape } : rest
      layer.inbound_nodes = layer.inbound_nodes.map(([[name, node, tensor]]: [[string, number, number]]) => ({
        args: [{ class_name: '__keras_tensor__', config: { shape: [null], keras_history: [name, node, tensor] } }],
        kwargs: {},
      }))
    }
    ;[config.input_layers] = config.input_layers
    ;[config.output_layers] = config.output_layers
    expect(read(file)).toEqual(read(saved))
  })

  /** The file with every weight quantised by a function of its values. */
  function quantised(quantise: (values: Float32Array) => { quantization: object; bytes: ArrayLike<number> }): Saved {
    const { json, shards } = copy()
    const all = Uint8Array.from([...shards.values()].flatMap((part) => [...part]))
    let at = 0
    const parts: number[] = []
    for (const weight of json.weightsManifest[0].weights) {
      const size = weight.shape.reduce((a: number, b: number) => a * b, 4)
      const bytes = all.slice(at, at + size)
      at += size
      if (weight.dtype === 'float32') {
        const quantisedWeight = quantise(new Float32Array(bytes.buffer))
        weight.quantization = { ...quantisedWeight.quantization, original_dtype: 'float32' }
        parts.push(...Array.from(quantisedWeight.bytes))
      } else parts.push(...bytes)
    }
    json.weightsManifest[0].paths = ['q.bin']
    return { json, shards: new Map([['q.bin', Uint8Array.from(parts)]]) }
  }

  const affine = (dtype: 'uint8' | 'uint16', levels: number) => (values: Float32Array) => {
    const [min, max] = [Math.min(...values), Math.max(...values)]
    const scale = (max - min) / levels || 1
    const q = Array.from(values, (value) => Math.round((value - min) / scale))
    return {
      quantization: { dtype, scale, min },
      bytes: dtype === 'uint8' ? q : new Uint8Array(Uint16Array.from(q).buffer),
    }
  }
  it.each([
    ['uint8', affine('uint8', 255), 0.05],
    ['uint16', affine('uint16', 65_535), 2e-4],
    [
      'float16',
      (values: Float32Array) => ({
        quantization: { dtype: 'float16' },
        bytes: new Uint8Array(Uint16Array.from(values, toHalf).buffer),
      }),
      2e-3,
    ],
  ])('quantised to %s is read', async (_, quantise, tolerance) => {
    const file = quantised(quantise)
    const apart = difference((await outputs(file)).flat(), expected.flat())
    expect(apart).toBeLessThanOrEqual(tolerance)
    expect(apart).toBeGreaterThan(0)
    // What TensorFlow.js itself makes of these bytes is the same to the last bit.
    const [{ weights }] = file.json.weightsManifest
    const decoded = tf.io.decodeWeights(file.shards.get('q.bin')!.slice().buffer, weights)
    const kernel = tensorsOf(...values(read(file))).find(({ name }) => name === 'layers.4.weights')
    expect(kernel?.values).toEqual(decoded['d/kernel'].dataSync())
  })
  const values = ({ network: { spec, learnt } }: ReturnType<typeof readLayersModel>) => [spec, learnt] as const

  // --- how it goes on learning ---

  const optimizer = (class_name: string, config: object) => ({ optimizer_config: { class_name, config } })
  const sgdPython = { name: 'SGD', learning_rate: 0.1, decay: 0, momentum: 0.9, nesterov: true }
  it.each<[string, object, object]>([
    [
      'plain SGD',
      optimizer('SGD', { learningRate: 0.1 }),
      { optimizer: { type: 'sgd', weightDecay: 0 }, learningRate: 0.1 },
    ],
    [
      'momentum',
      optimizer('Momentum', { learningRate: 0.1, momentum: 0.8, useNesterov: false }),
      { optimizer: { type: 'momentum', momentum: 0.8, weightDecay: 0 }, learningRate: 0.1 },
    ],
    [
      'SGD of Python with Nesterov',
      optimizer('SGD', sgdPython),
      { optimizer: { type: 'nesterov', momentum: 0.9, weightDecay: 0 }, learningRate: 0.1 },
    ],
    [
      'RMSProp of TensorFlow.js',
      optimizer('RMSProp', { learningRate: 0.01, decay: 0.8, momentum: 0, epsilon: 1e-6, centered: false }),
      { optimizer: { type: 'rmsprop', rho: 0.8, epsilon: 1e-6, weightDecay: 0 }, learningRate: 0.01 },
    ],
    [
      'RMSprop of Python',
      optimizer('RMSprop', { learning_rate: 0.01, decay: 0, rho: 0.7, momentum: 0, epsilon: 1e-7, centered: false }),
      { optimizer: { type: 'rmsprop', rho: 0.7, epsilon: 1e-7, weightDecay: 0 }, learningRate: 0.01 },
    ],
    [
      'AdamW',
      optimizer('AdamW', { learning_rate: 0.01, beta_1: 0.8, beta_2: 0.99, epsilon: 1e-7, weight_decay: 0.02 }),
      { optimizer: { type: 'adamw', beta1: 0.8, beta2: 0.99, epsilon: 1e-7, weightDecay: 0.02 }, learningRate: 0.01 },
    ],
    [
      'label smoothing',
      { loss: { class_name: 'CategoricalCrossentropy', config: { from_logits: false, label_smoothing: 0.1 } } },
      { loss: 'cross-entropy', labelSmoothing: 0.1 },
    ],
  ])('with %s goes on with it', (_, trainingConfig, spec) => {
    expect(read({ ...saved, json: { ...saved.json, trainingConfig } }).network.spec).toMatchObject(spec)
  })

  it.each<[string, unknown, string]>([
    ['no settings', undefined, 'The file names no optimizer'],
    ['settings that are none', 'x', 'The file names no loss'],
    ['an unknown optimizer', optimizer('Adadelta', {}), 'Inkling has no Adadelta'],
    ['one of another kind', optimizer('RMSprop', { momentum: 0.9 }), 'Inkling has no RMSprop with these settings'],
    ['one past its limits', optimizer('Adam', { beta_1: 1 }), 'Inkling has no Adam with these settings'],
    ['a rate that changes', optimizer('SGD', { learning_rate: { class_name: 'X' } }), 'could not be read; it is 0.01'],
    ['another loss', { loss: 'hinge' }, 'by cross-entropy, not by hinge'],
    [
      'a loss that does not go with a softmax',
      { loss: ['mean_squared_error'] },
      'by cross-entropy, not by mean_squared_error',
    ],
  ])('with %s says so', (_, trainingConfig, note) => {
    const { notes, network } = read({ ...saved, json: { ...saved.json, trainingConfig } })
    expect(notes.join(' ')).toContain(note)
    expect(network.spec.loss).toBe('cross-entropy')
  })

  it.each([
    ['sigmoid', 'mean_squared_error', 'quadratic', 'a fifth'],
    ['linear', 'mse', 'quadratic', 'a fifth'],
    ['sigmoid', 'binary_crossentropy', 'quadratic', 'not by binary_crossentropy'],
    ['linear', 'sparse_categorical_crossentropy', 'cross-entropy', ''],
  ])('with %s outputs and %s learns by %s', (activation, loss, expected, note) => {
    const file = copy()
    file.json.modelTopology.config.layers.at(-1).config.activation = activation
    file.json.trainingConfig = { loss, ...optimizer('SGD', { learningRate: 0.5 }) }
    const { network, notes } = read(file)
    expect(network.spec).toMatchObject({ loss: expected, learningRate: expected === 'quadratic' ? 0.1 : 0.5 })
    expect(network.spec.layers.at(-1)).toMatchObject({ activation })
    expect(notes.join(' ')).toContain(note)
  })

  it('whose layers were frozen or regularised says so', () => {
    const file = copy()
    const { config } = layer(file, 'd')
    config.trainable = false
    config.kernel_regularizer = { class_name: 'L2', config: { l2: 0.01 } }
    layer(file, 'n').config.momentum = 0.9999
    const { notes, network } = read(file)
    expect(notes).toEqual(
      expect.arrayContaining([
        'Layers that were frozen learn here too.',
        'Regularizers and constraints of layers are left out.',
        'The running statistics of “n” move by 0.001 a batch, not by 0.0001.',
      ]),
    )
    expect(network.spec.layers[1]).toMatchObject({ momentum: 0.001 })
  })

  // --- what is refused ---

  const layer = ({ json }: Saved, name: string): Json =>
    json.modelTopology.config.layers.find((each: Json) => each.config.name === name)
  const set = (name: string, config: object) => (file: Saved) => void Object.assign(layer(file, name).config, config)
  const weight = ({ json }: Saved, name: string): Json =>
    json.weightsManifest[0].weights.find((each: Json) => each.name === name)
  /** Overwrites a value of a weight, wherever it lies. */
  const put = (name: string, value: number) => (file: Saved) => {
    let at = 0
    for (const { name: other, shape } of file.json.weightsManifest[0].weights) {
      if (other === name) break
      at += shape.reduce((a: number, b: number) => a * b, 4)
    }
    const [first, second] = [...file.shards].map(([key, bytes]) => [key, bytes.slice()] as const)
    const [[key, bytes], from] = at < SHARD ? [first, at] : [second, at - SHARD]
    new DataView(bytes.buffer).setFloat32(from, value, true)
    file.shards.set(key, bytes)
  }
  const become = (name: string, kind: string, config: object) => (file: Saved) => {
    const changed = layer(file, name)
    changed.class_name = kind
    changed.config = { name, ...config }
  }
  /** Puts layers of no consequence into the graph, before the last. */
  const insert = (count: number) => (file: Saved) => {
    const all = file.json.modelTopology.config.layers
    const names = ['f', ...Array.from({ length: count }, (_, i) => `more ${i}`)]
    const more = names.slice(1).map((name, i) => ({
      name,
      class_name: 'Dropout',
      config: { name, rate: 0 },
      inbound_nodes: [[[names[i], 0, 0, {}]]],
    }))
    all.splice(-1, 0, ...more)
    all.at(-1).inbound_nodes = [[[names.at(-1), 0, 0, {}]]]
  }

  it.each<[string, (file: Saved) => void, string]>([
    ['no topology', ({ json }) => delete json.modelTopology, 'has no modelTopology'],
    ['a topology of text', ({ json }) => void (json.modelTopology = 'x'), 'has a modelTopology that is "x"'],
    ['a graph model', ({ json }) => void (json.format = 'graph-model'), 'is a graph model'],
    [
      'a class of its own',
      ({ json }) => void (json.modelTopology.class_name = 'MyModel'),
      'a model of the class MyModel',
    ],
    ['no layers', ({ json }) => delete json.modelTopology.config.layers, 'config has no layers'],
    [
      'layers that are none',
      ({ json }) => void (json.modelTopology.config.layers = 7),
      'config has layers 7; it must be a list',
    ],
    [
      'a layer that is a number',
      ({ json }) => void json.modelTopology.config.layers.push(3),
      'has a layer 7 that is 3',
    ],
    ['a layer without a name', (file) => delete layer(file, 'd').config.name, 'has a layer 6 that has no config.name'],
    [
      'an unknown layer',
      (file) => void (layer(file, 'f').class_name = 'LSTM'),
      'the layer “f” (LSTM), which Inkling does not have',
    ],
    [
      'a layer named like the prototype of objects',
      (file) => void (layer(file, 'f').class_name = '__proto__'),
      '“f” (__proto__), which Inkling does not have',
    ],
    [
      'one named constructor',
      (file) => void (layer(file, 'f').class_name = 'constructor'),
      '(constructor), which Inkling does not have',
    ],
    ['two layers of one name', (file) => void (layer(file, 'f').config.name = 'p'), 'two layers named “p”'],
    [
      'a model within',
      (file) => void (layer(file, 'f').class_name = 'Sequential'),
      '(Sequential), which Inkling does not have',
    ],

    ['two outputs', ({ json }) => void json.modelTopology.config.output_layers.push(['p', 0, 0]), 'has 2 outputs'],
    ['no inputs', ({ json }) => void (json.modelTopology.config.input_layers = []), 'has 0 inputs'],
    [
      'an output of no name',
      ({ json }) => void (json.modelTopology.config.output_layers = [[7, 0, 0]]),
      'the output [7,0,0], which names no layer',
    ],
    [
      'an output that is not there',
      ({ json }) => void (json.modelTopology.config.output_layers = [['x', 0, 0]]),
      'has no layer “x”',
    ],
    ['a circle', (file) => void (layer(file, 'c').inbound_nodes = [[['f', 0, 0, {}]]]), 'feeds itself in a circle'],
    [
      'a branch',
      (file) => void (layer(file, 'f').inbound_nodes = [[['c', 0, 0, {}]]]),
      'is not on the one way from input to output, one of 2',
    ],
    [
      'two inputs of a layer',
      (file) => void layer(file, 'f').inbound_nodes[0].push(['c', 0, 0, {}]),
      '“f” (Flatten), which takes 2 inputs',
    ],
    [
      'a layer used twice',
      (file) => void layer(file, 'f').inbound_nodes.push([['c', 0, 0, {}]]),
      '“f” (Flatten), which is used 2 times',
    ],
    ['no way back', (file) => void (layer(file, 'f').inbound_nodes = []), '“f” (Flatten), which is used 0 times'],
    ['nodes that are none', (file) => void (layer(file, 'f').inbound_nodes = [{ args: 5 }]), 'which takes 0 inputs'],
    [
      'another node',
      (file) => void (layer(file, 'f').inbound_nodes = [[['p', 1, 0]]]),
      'takes its input from ["p",1,0]',
    ],

    [
      'colour',
      (file) => void (file.json.modelTopology.config.layers[0].config.batch_input_shape = [null, 28, 28, 3]),
      'inputs of shape [null,28,28,3]',
    ],
    [
      'no input shape',
      (file) => delete file.json.modelTopology.config.layers[0].config.batch_input_shape,
      'does not say which shape its input has',
    ],
    ['a kernel that is not square', set('c', { kernel_size: [3, 5] }), 'has kernel_size [3,5]; Inkling'],
    ['strides that differ', set('c', { strides: [1, 2] }), '“c” (Conv2D), which has strides [1,2]'],
    ['dilation', set('c', { dilation_rate: [2, 2] }), 'knows no dilation'],
    ['groups', set('c', { groups: 2 }), 'has groups 2; Inkling knows 1 only'],
    [
      'channels first',
      set('c', { data_format: 'channels_first' }),
      'has data_format "channels_first"; Inkling knows channels_last only',
    ],
    ['causal padding', set('c', { padding: 'causal' }), 'has padding "causal"; Inkling knows valid and same'],
    ['another activation', set('c', { activation: 'elu' }), 'has the activation "elu"; Inkling has linear, relu'],
    ['exact GELU', set('c', { activation: 'gelu' }), 'in its exact form'],
    [
      'an activation that is an object',
      set('c', { activation: { class_name: 'x' } }),
      'has the activation {"class_name":"x"}',
    ],
    ['an activation named constructor', set('c', { activation: 'constructor' }), 'has the activation "constructor"'],
    ['softmax in the middle', set('c', { activation: 'softmax' }), '“c” (Conv2D), which has a softmax'],
    ['too many filters', set('c', { filters: 513 }), 'filters must be 512 or less'],
    ['filters that are no number', set('c', { filters: '4' }), 'has filters "4"; it must be a whole number'],
    ['a kernel larger than the image', set('c', { kernel_size: 28.5 }), 'has kernel_size 28.5'],
    ['a huge kernel', set('c', { kernel_size: [1e6, 1e6] }), 'kernel must be 28 or less'],
    [
      'padded pooling',
      set('p', { padding: 'same', pool_size: [2, 2], strides: [2, 2] }),
      'adds 1 to 9 × 9; Inkling pools without padding',
    ],
    ['pooling that leaves nothing', set('p', { pool_size: [10, 10] }), 'size must be 9 or less'],
    ['batch norm along rows', set('n', { axis: [1] }), 'along the axis 1; Inkling'],
    ['no epsilon', set('n', { epsilon: 0 }), 'epsilon must be 1e-8 or more'],
    ['a momentum that is none', set('n', { momentum: 1.5 }), 'momentum must be 0.001 or more'],
    [
      'eleven outputs',
      set('d', { units: 11 }),
      'has the weights d/kernel in the shape [64,10]; their layer needs [64, 11]',
    ],
    ['outputs through tanh', set('d', { activation: 'tanh' }), 'ends with tanh outputs'],

    [
      'another shape for a layer',
      become('f', 'Reshape', { target_shape: [8, 8] }),
      'makes [8, 8] of 4 × 4 × 4; Inkling only makes vectors',
    ],
    ['shapes of no size', become('f', 'Reshape', { target_shape: [0, -1] }), 'makes [0, Infinity] of'],
    ['a dense layer on an image', become('f', 'Dropout', { rate: 0.1 }), '“d” (Dense), which gets 4 × 4 × 4'],
    ['dropout of all', become('f', 'Dropout', { rate: 1 }), 'rate must be 0.95 or less'],
    [
      'dropout of whole channels',
      become('f', 'Dropout', { rate: 0.1, noise_shape: [null, 1, 1, 4] }),
      'Inkling drops each value by itself',
    ],
    ['a limited ReLU', become('n', 'ReLU', { max_value: 6 }), "has max_value 6; Inkling's has no limit"],
    ['a leaking ReLU', become('n', 'ReLU', { negative_slope: 0.1 }), 'has negative_slope 0.1; Inkling knows 0 only'],
    ['a softmax over channels', become('n', 'Softmax', {}), '“n” (Softmax), which is a softmax over the channels'],
    [
      'scaling in the middle',
      become('n', 'Rescaling', { scale: 1 / 255 }),
      '“n” (Rescaling), which is not the first layer',
    ],
    ['scaling of another kind', become('c', 'Rescaling', { scale: 1 / 127.5, offset: -1 }), 'x + -1 of pixels'],
    [
      'batch norm of pixels',
      become('c', 'Activation', { activation: 'relu' }),
      'which works on the pixels as they come in',
    ],
    [
      'a last layer that is none',
      become('d', 'Dropout', { rate: 0.1 }),
      'has the weights d/kernel, which belong to none',
    ],
    ['more layers than there may be', insert(28), 'has 33 layers'],
    ['far too many', insert(20_000), 'which is one too many: networks have 32 layers at most'],
    [
      'an input layer that is another',
      (file) => {
        const { config } = file.json.modelTopology
        config.layers.shift()
        config.input_layers = [['c', 0, 0]]
        layer(file, 'c').config.batch_input_shape = [null, 28, 28, 1]
      },
      '“c” (Conv2D), which cannot be the input',
    ],

    ['no manifest', ({ json }) => delete json.weightsManifest, 'has no weightsManifest'],
    ['a manifest that is none', ({ json }) => void (json.weightsManifest = { a: 1 }), 'it must be a list'],
    [
      'a shard that is not there',
      ({ shards }) => void shards.delete('group1-shard2.bin'),
      'needs the file ./group1-shard2.bin',
    ],
    [
      'a shard twice',
      ({ json }) => void (json.weightsManifest[0].paths[1] = './group1-shard1.bin'),
      'names the file ./group1-shard1.bin twice',
    ],
    [
      'a shard cut off',
      ({ shards }) => void shards.set('group1-shard1.bin', shards.get('group1-shard1.bin')!.slice(1)),
      'group1-shard2.bin with 2827 bytes for them: cut off',
    ],
    [
      'a shard too long',
      ({ shards }) => void shards.set('group1-shard2.bin', new Uint8Array(9_000)),
      'with 10500 bytes for them: of another model',
    ],
    [
      'weights of gigabytes',
      (file) => void (weight(file, 'd/kernel').shape = [2 ** 20, 2 ** 20]),
      'has weights of 4398046',
    ],
    ['weights past counting', (file) => void (weight(file, 'd/kernel').shape = [2 ** 52, 2 ** 52, 2 ** 52]), 'cut off'],
    [
      'a negative shape',
      (file) => void (weight(file, 'd/kernel').shape = [-64, -10]),
      'shape.0 -64; it must not be negative',
    ],
    [
      'another shape',
      (file) => void (weight(file, 'd/kernel').shape = [10, 64]),
      'in the shape [10,64]; their layer needs [64, 10]',
    ],
    [
      'text for weights',
      (file) => void (weight(file, 'd/kernel').dtype = 'string'),
      'd/kernel as string, which cannot be read',
    ],
    ['a type named constructor', (file) => void (weight(file, 'd/kernel').dtype = 'constructor'), 'as constructor'],
    ['whole numbers', (file) => void (weight(file, 'd/kernel').dtype = 'int32'), 'd/kernel as int32; Inkling'],
    ['a weight twice', (file) => void (weight(file, 'd/bias').name = 'c/kernel'), 'has the weights c/kernel twice'],
    ['a weight that is not there', (file) => void (weight(file, 'd/bias').name = 'd/other'), 'has no weights d/bias'],
    ['a weight too many', set('d', { use_bias: false }), 'has the weights d/bias, which belong to none of its layers'],
    [
      'a weight named like the prototype',
      (file) => void (weight(file, 'd/bias').name = '__proto__'),
      'has no weights d/bias',
    ],
    [
      'a quantisation without a scale',
      (file) => {
        for (const each of file.json.weightsManifest[0].weights)
          if (!each.group) each.quantization = { dtype: 'uint8', min: 0 }
        file.json.weightsManifest[0].paths = ['a']
        const bytes = file.json.weightsManifest[0].weights.reduce(
          (sum: number, { shape, group }: Json) => sum + shape.reduce((a: number, b: number) => a * b, group ? 4 : 1),
          0,
        )
        file.shards.set('a', new Uint8Array(bytes))
      },
      'does not say by which scale',
    ],
    ['a weight that is no number', put('d/kernel', NaN), 'NaN as value 0 of layers.4.weights'],
    ['an infinite weight', put('c/bias', -Infinity), '-Infinity as value 0 of layers.0.bias'],
    ['a negative variance', put('n/moving_variance', -1), 'no variance is negative'],
  ])('with %s is refused', (_, change, reason) => {
    const file = copy()
    change(file)
    expect(() => read(file)).toThrow(FormatError)
    expect(() => read(file)).toThrow(reason)
  })

  it('that was changed anywhere is refused with a reason, or read', () => {
    /** Replaces what is at the end of a path that `choices` lead along. */
    function replace(value: Json, choices: readonly number[], by: unknown): Json {
      const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
      if (keys.length === 0 || choices.length === 0) return by
      const key = keys[choices[0] % keys.length]
      const changed = Array.isArray(value) ? [...value] : { ...value }
      changed[key] = replace(value[key], choices.slice(1), by)
      return changed
    }
    let refused = 0
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }), fc.jsonValue(), (choices, by) => {
        try {
          readLayersModel(replace(saved.json, choices, by), saved.shards)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
          expect((error as Error).message.length).toBeLessThan(500)
          refused++
        }
      }),
      { numRuns: 500 },
    )
    expect(refused).toBeGreaterThan(50)
  })

  it('whose flattening is a Reshape is the same', () => {
    const file = copy()
    become('f', 'Reshape', { target_shape: [-1] })(file)
    expect(read(file)).toEqual(read(saved))
  })

  it.each([
    ['nothing', '', 'it is no JSON'],
    ['no JSON', '{"modelTopology":', 'it is no JSON'],
    ['a number', '5', 'it is 5'],
    ['a list', '[]', 'it has no modelTopology'],
    ['nested deep', `{"modelTopology":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 'nested more than 64'],
    ['a key twice', '{"modelTopology":{"a":{},"b":1,"a":{}}}', 'has “a” twice in one place'],
    ['gigantic text', ' '.repeat(4_000_001), 'has 4000001 characters'],
  ])('that is %s is refused', (_, text, reason) => {
    expect(() => readLayersModel(text, new Map())).toThrow(FormatError)
    expect(() => readLayersModel(text, new Map())).toThrow(reason)
  })
})
