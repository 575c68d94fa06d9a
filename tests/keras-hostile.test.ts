// Hostile and broken files of Keras models: each is refused with the reason, and nothing else ever happens.

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readLayersModel } from '../src/formats/keras'
import { FormatError } from '../src/formats/safetensors'
import { become, copyOf, imageOf, layer, read, saveSmall, SHARD, weight, type Json, type Saved } from './keras-models'

let saved: Saved
beforeAll(async () => {
  ;({ saved } = await saveSmall([imageOf(1)]))
})

/** What is wrong, how a good file is made so, and what the message says. */
type Case = [what: string, change: (file: Saved) => void, reason: string]

function expectRefusal(_: string, change: Case[1], reason: string) {
  const file = copyOf(saved)
  change(file)
  expect(() => read(file)).toThrow(FormatError)
  expect(() => read(file)).toThrow(reason)
}

/** Other settings of a layer. */
const set = (name: string, config: object) => (file: Saved) => void Object.assign(layer(file, name).config, config)

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

describe('a model', () => {
  it.each<Case>([
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
  ])('with %s is refused', expectRefusal)

  it.each<Case>([
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
    ['a huge kernel', set('c', { kernel_size: [1e6, 1e6] }), 'kernel must be 128 or less'],
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
    ['far too many', insert(5_000), 'which is one too many: networks have 32 layers at most'],
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
  ])('that has %s is refused', expectRefusal)

  it('with any change is refused with a reason, or read', () => {
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

describe('weights', () => {
  it.each<Case>([
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
  ])('with %s are refused', expectRefusal)
})
