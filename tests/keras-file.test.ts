// Files of Keras models: every form they come in is read, with its settings.

import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { toHalf } from '../src/formats/floats'
import { readFiles } from '../src/app/saved/read-files'
import { readLayersModel } from '../src/formats/keras'
import { tensorsOf } from '../src/model/parameters'
import { difference } from './harness'
import {
  become,
  copyOf,
  imageOf,
  layer,
  predictInkling,
  randomise,
  read,
  save,
  saveSmall,
  TOLERANCE,
  type Json,
  type Saved,
} from './keras-models'

const { layers } = tfl
const images = [1, 2, 3].map((seed) => imageOf(seed))

describe('a file', () => {
  let saved: Saved
  let expected: number[][]
  beforeAll(async () => {
    ;({ saved, expected } = await saveSmall(images))
  })
  const copy = () => copyOf(saved)
  const outputs = (file: Saved) => predictInkling(read(file).network, images)

  it('is named in errors when it is opened with others', async () => {
    const { json, shards } = copy()
    const files = [...shards].map(([name, bytes], i) => new File([bytes.slice(i)], name))
    const model = new File([JSON.stringify(json)], 'model.json')
    await expect(readFiles([...files, model])).rejects.toThrow(
      /^cannot be opened: model\.json has weights of \d+ bytes, and .* with \d+ bytes for them: cut off$/,
    )
    await expect(readFiles([model])).rejects.toThrow(/^needs the file /)
  })

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
      'Pixels go in from 0 to 1, white on black, as in MNIST: the model should have learnt from such.',
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

  it('of a Sequential model is read in all its forms', async () => {
    const stack = () => [layers.flatten({ inputShape: [28, 28], name: 'f' }), layers.dense({ units: 10, name: 'd' })]
    const model = tfl.sequential({ layers: stack() })
    randomise(model, 3)
    const saved = await save(model)
    const plain = read(saved)
    expect(plain.network.spec.layers.map(({ type }) => type)).toEqual(['flatten', 'dense'])
    const withTopology = (change: (topology: Json) => void) => {
      const file = copyOf(saved)
      change(file.json.modelTopology)
      return read(file)
    }
    const takeShape = ({ config }: Json) => {
      const { batch_input_shape, ...rest } = config.layers[0].config
      config.layers[0].config = rest
      return batch_input_shape
    }
    // As Keras wrote it before 2.2.3, as Python's Keras does, and as a model that was built later.
    expect(withTopology((topology) => (topology.config = topology.config.layers))).toEqual(plain)
    expect(
      withTopology((topology) => {
        const config = { name: 'input_1', batch_input_shape: takeShape(topology) }
        topology.config.layers.unshift({ class_name: 'InputLayer', config })
      }),
    ).toEqual(plain)
    expect(withTopology((topology) => (topology.config.build_input_shape = takeShape(topology)))).toEqual(plain)
    expect(() => withTopology(takeShape)).toThrow('does not say which shape its input has')
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

  it('with a Reshape in place of Flatten is the same', () => {
    const file = copy()
    become('f', 'Reshape', { target_shape: [-1] })(file)
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
  ])('with %s continues with it', (_, trainingConfig, spec) => {
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

  it('keeps frozen layers frozen, unless they all are', () => {
    const file = copy()
    layer(file, 'd').config.trainable = false
    const { layers } = read(file).network.spec
    expect(layers.map((layer) => 'frozen' in layer && layer.frozen)).toEqual([false, false, false, false, true])
    for (const each of file.json.modelTopology.config.layers) each.config.trainable = false
    const { network, notes } = read(file)
    expect(network.spec.layers.some((layer) => 'frozen' in layer)).toBe(false)
    expect(notes).toContain('All of its layers were frozen. Here they learn, because one of them must.')
  })

  it('with regularised layers says so', () => {
    const file = copy()
    const { config } = layer(file, 'd')
    config.kernel_regularizer = { class_name: 'L2', config: { l2: 0.01 } }
    layer(file, 'n').config.momentum = 0.9999
    const { notes, network } = read(file)
    expect(notes).toEqual(
      expect.arrayContaining([
        'Regularizers and constraints of layers are left out.',
        'The running statistics of “n” move by 0.001 a batch, not by 0.0001.',
      ]),
    )
    expect(network.spec.layers[1]).toMatchObject({ momentum: 0.001 })
  })
})
