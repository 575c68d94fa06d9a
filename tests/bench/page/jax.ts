// jax-js (https://github.com/ekzhang/jax-js) as a contestant: the whole training step, gradient and update, is one jit.

import { Array, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad, type Device } from '@jax-js/jax'
import { DROPOUT, FEATURES, FILTERS, type Workload } from '../workloads'
import { batchesOf, evaluationSize, glorot, loadDigits, type Prepare } from './contestant'
import { CLASSES, PIXELS } from '../../tiny-digits'

/** Arrays by name: parameters, gradients, moments. Arrays are used up by what they are passed to; `tree.ref` keeps them. */
type Arrays = Record<string, Array>

function parametersOf({ sizes, convolutional }: Workload): Arrays {
  const arrays: Arrays = {}
  sizes.slice(1).forEach((outputs, i) => {
    const inputs = sizes[i]
    arrays[`weights${i}`] = np.array(glorot(inputs, outputs, inputs * outputs)).reshape([inputs, outputs])
    arrays[`bias${i}`] = np.zeros([outputs])
  })
  if (!convolutional) return arrays
  FILTERS.forEach((filters, i) => {
    const channels = i === 0 ? 1 : FILTERS[i - 1]
    const values = glorot(9 * channels, 9 * filters, 9 * channels * filters)
    arrays[`filter${i}`] = np.array(values).reshape([filters, channels, 3, 3])
    arrays[`shift${i}`] = np.zeros([filters, 1, 1])
  })
  return arrays
}

/** Logits, or outputs where the loss is quadratic. `mask` drops features in training. */
function forward(workload: Workload, parameters: Arrays, images: Array, mask?: Array): Array {
  const { sizes, convolutional, activation, loss } = workload
  let features = images
  if (convolutional) {
    features = features.reshape([-1, 1, 28, 28])
    FILTERS.forEach((_, i) => {
      const maps = lax.convGeneralDilated(features, parameters[`filter${i}`], [1, 1], 'VALID')
      features = lax.reduceWindow(nn.relu(maps.add(parameters[`shift${i}`])), np.max, [2, 2], [2, 2])
    })
    features = features.reshape([-1, FEATURES])
    if (mask) features = features.mul(mask)
  }
  const last = sizes.length - 2
  for (let i = 0; i <= last; i++) {
    features = np.dot(features, parameters[`weights${i}`]).add(parameters[`bias${i}`])
    if (i < last) features = activation === 'relu' ? nn.relu(features) : nn.sigmoid(features)
    else if (loss === 'quadratic') features = nn.sigmoid(features)
  }
  return features
}

/** Applies a function to arrays of the same name. */
const zip = (f: (...arrays: Array[]) => Array, first: Arrays, ...rest: Arrays[]): Arrays =>
  Object.fromEntries(Object.keys(first).map((name) => [name, f(first[name], ...rest.map((arrays) => arrays[name]))]))

export const prepare: Prepare = async (workload, backend, source) => {
  const device = backend as Device
  if (!(await init(device)).includes(device)) throw new Error(`There is no backend ${backend}.`)
  defaultDevice(device)

  const digits = await loadDigits(source)
  const { batchSize, learningRate, convolutional } = workload
  let parameters = parametersOf(workload)
  const loss = (p: Arrays, x: Array, y: Array, mask: Array): Array => {
    const outputs = forward(workload, p, x, convolutional ? mask : undefined)
    if (!convolutional) mask.dispose()
    return workload.loss === 'quadratic'
      ? np
          .square(outputs.sub(y))
          .sum()
          .mul(0.5 / batchSize)
      : nn
          .logSoftmax(outputs)
          .mul(y)
          .sum()
          .mul(-1 / batchSize)
  }
  const gradient = valueAndGrad(loss)

  const sgd = jit((p: Arrays, x: Array, y: Array, mask: Array): [Array, Arrays] => {
    const [value, g] = gradient(tree.ref(p), x, y, mask)
    return [value, zip((p, g) => p.sub(g.mul(learningRate)), p, g as Arrays)]
  })
  // `rate`: the learning rate with both bias corrections (Kingma & Ba 2015, section 2).
  type Moments = [first: Arrays, second: Arrays]
  const adam = jit(
    (p: Arrays, [m, v]: Moments, rate: Array, x: Array, y: Array, mask: Array): [Array, Arrays, Moments] => {
      const [value, gradients] = gradient(tree.ref(p), x, y, mask)
      const g = gradients as Arrays
      const first = zip((m, g) => m.mul(0.9).add(g.mul(0.1)), m, tree.ref(g))
      const second = zip((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), v, g)
      const update = (p: Array, m: Array, v: Array) => p.sub(m.mul(rate.ref).div(np.sqrt(v).add(1e-7)))
      const updated = zip(update, p, tree.ref(first), tree.ref(second))
      rate.dispose()
      return [value, updated, [first, second]]
    },
  )

  const zeros = () => zip((array) => np.zeros(array.shape), parameters)
  let moments: Moments = [zeros(), zeros()]
  let last: Array | undefined
  let t = 0
  const next = batchesOf(digits, batchSize)
  /** Inverted dropout; a scalar that nothing reads where the network has none. */
  const maskOf = () => {
    if (!convolutional) return np.zeros([])
    const values = Float32Array.from({ length: batchSize * FEATURES }, () => (Math.random() < DROPOUT ? 0 : 2))
    return np.array(values).reshape([batchSize, FEATURES])
  }
  const step = () => {
    const { images, targets } = next()
    const x = np.array(images).reshape([batchSize, PIXELS])
    const y = np.array(targets).reshape([batchSize, CLASSES])
    last?.dispose()
    if (workload.optimizer === 'sgd') {
      ;[last, parameters] = sgd(parameters, x, y, maskOf())
      return
    }
    t++
    const rate = np.array([(learningRate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)]).reshape([])
    ;[last, parameters, moments] = adam(parameters, moments, rate, x, y, maskOf())
  }

  const { rows, batches: evaluationBatches } = evaluationSize(workload)
  /** The test set on the device, batch by batch, from the first evaluation on. */
  let test: { images: Array; labels: Array }[] | undefined
  const upload = () =>
    digits.test(rows).map(({ images, labels }) => ({
      images: np.array(images).reshape([rows, PIXELS]),
      labels: np.array(labels),
    }))
  const hitsOf = jit((p: Arrays, x: Array, y: Array) =>
    np
      .argmax(forward(workload, p, x), 1)
      .equal(y)
      .astype(np.int32)
      .sum(),
  )
  const outputsOf = jit((p: Arrays, x: Array) => forward(workload, p, x))
  let batch = 0

  return {
    device: backend === 'webgpu' ? 'WebGPU' : 'WebAssembly',
    evaluationBatches,
    async train(steps) {
      for (let i = 0; i < steps; i++) step()
      const value = (await last?.ref.data())?.[0]
      await parameters['bias0'].ref.data()
      if (!Number.isFinite(value)) throw new Error(`The loss is ${value}.`)
    },
    async evaluate(batches) {
      test ??= upload()
      const hits: Array[] = []
      for (let i = 0; i < batches; i++, batch++) {
        const { images, labels } = test[batch % evaluationBatches]
        hits.push(hitsOf(tree.ref(parameters), images.ref, labels.ref))
      }
      const counts: number[] = []
      for (const count of hits) counts.push((await count.data())[0])
      return counts.slice(-evaluationBatches).reduce((sum, count) => sum + count, 0)
    },
    async predict() {
      const x = np.array(digits.digit.slice()).reshape([1, PIXELS])
      await outputsOf(tree.ref(parameters), x).data()
    },
  }
}
