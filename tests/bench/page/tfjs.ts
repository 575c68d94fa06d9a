// TensorFlow.js (https://www.tensorflow.org/js) as a contestant: its core with one backend, the layers written as its own layers
// library runs them (fused products, forward and in training), the data uploaded batch by batch.

import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import { DROPOUT, FEATURES, FILTERS, type Workload } from '../workloads'
import { batchesOf, evaluationSize, glorot, loadDigits, type Prepare } from './contestant'
import { CLASSES, PIXELS } from '../../tiny-digits'

/** How each backend is loaded; returns what it runs on. */
const backends: Readonly<Record<string, () => Promise<() => string>>> = {
  async webgpu() {
    await import('@tensorflow/tfjs-backend-webgpu')
    return () => 'WebGPU'
  },
  async wasm() {
    const threads = navigator.hardwareConcurrency
    // Its thread pool has half as many threads as there are said to be cores, at most four: on two cores that would be one.
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads })
    const wasm = await import('@tensorflow/tfjs-backend-wasm')
    wasm.setWasmPaths({
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded,
    })
    wasm.setThreadsCount(Math.min(threads, 4))
    return () => `WebAssembly, ${wasm.getThreadsCount()} threads`
  },
  async cpu() {
    await import('@tensorflow/tfjs-backend-cpu')
    return () => 'JavaScript'
  },
}

interface Network {
  readonly variables: tf.Variable[]
  /** Logits, or outputs where the loss is quadratic. */
  forward(images: tf.Tensor2D, training: boolean): tf.Tensor2D
}

function network({ sizes, convolutional, activation, loss }: Workload): Network {
  const variables: tf.Variable[] = []
  const variable = <S extends number[]>(values: Float32Array, shape: S) => {
    const made = tf.variable(tf.tensor(values, shape))
    variables.push(made)
    return made
  }
  const dense = sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]
    return {
      weights: variable(glorot(inputs, outputs, inputs * outputs), [inputs, outputs]) as tf.Tensor as tf.Tensor2D,
      bias: variable(new Float32Array(outputs), [outputs]),
      last: i === sizes.length - 2,
    }
  })
  const convolutions = (convolutional ? FILTERS : []).map((filters, i) => {
    const channels = i === 0 ? 1 : FILTERS[i - 1]
    const values = glorot(9 * channels, 9 * filters, 9 * channels * filters)
    return {
      filter: variable(values, [3, 3, channels, filters]) as tf.Tensor as tf.Tensor4D,
      bias: variable(new Float32Array(filters), [filters]),
    }
  })
  return {
    variables,
    forward(images, training) {
      let features: tf.Tensor2D = images
      if (convolutional) {
        let maps = tf.reshape(images, [-1, 28, 28, 1]) as tf.Tensor4D
        for (const { filter, bias } of convolutions) {
          const outputs = tf.fused.conv2d({ x: maps, filter, strides: 1, pad: 'valid', bias, activation: 'relu' })
          maps = tf.maxPool(outputs, 2, 2, 'valid')
        }
        const flat = tf.reshape(maps, [-1, FEATURES]) as tf.Tensor2D
        features = training ? (tf.dropout(flat, DROPOUT) as tf.Tensor2D) : flat
      }
      for (const { weights, bias, last } of dense) {
        const output = loss === 'quadratic' ? 'sigmoid' : 'linear'
        const product = tf.fused.matMul({ a: features, b: weights, bias, activation: last ? output : activation })
        features = product as tf.Tensor2D
      }
      return features
    },
  }
}

export const prepare: Prepare = async (workload, backend, source) => {
  const device = await backends[backend]()
  tf.enableProdMode()
  if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) throw new Error(`There is no backend ${backend}.`)
  await tf.ready()

  const digits = await loadDigits(source)
  const { batchSize, learningRate } = workload
  const { variables, forward } = network(workload)
  const optimizer = workload.optimizer === 'sgd' ? tf.train.sgd(learningRate) : tf.train.adam(learningRate)
  const next = batchesOf(digits, batchSize)
  const loss = (targets: tf.Tensor2D, outputs: tf.Tensor2D): tf.Scalar =>
    workload.loss === 'quadratic'
      ? tf.mul(tf.sum(tf.square(tf.sub(outputs, targets))), 0.5 / batchSize)
      : tf.losses.softmaxCrossEntropy(targets, outputs)
  const step = () =>
    tf.tidy(() => {
      const { images, targets } = next()
      const x = tf.tensor2d(images, [batchSize, PIXELS])
      const y = tf.tensor2d(targets, [batchSize, CLASSES])
      optimizer.minimize(() => loss(y, forward(x, true)), false, variables)
    })

  const { rows, batches: evaluationBatches } = evaluationSize(workload)
  /** The test set on the device, batch by batch, from the first evaluation on. */
  let test: { images: tf.Tensor2D; labels: tf.Tensor1D }[] | undefined
  const upload = () =>
    digits.test(rows).map(({ images, labels }) => ({
      images: tf.tensor2d(images, [rows, PIXELS]),
      labels: tf.tensor1d(labels, 'int32'),
    }))
  let batch = 0

  return {
    device: device(),
    evaluationBatches,
    async train(steps) {
      for (let i = 0; i < steps; i++) step()
      await variables[variables.length - 1].data()
    },
    async evaluate(batches) {
      test ??= upload()
      const hits: tf.Tensor[] = []
      for (let i = 0; i < batches; i++, batch++) {
        const { images, labels } = test[batch % evaluationBatches]
        hits.push(tf.tidy(() => tf.sum(tf.cast(tf.equal(tf.argMax(forward(images, false), 1), labels), 'float32'))))
      }
      const counts = await Promise.all(hits.map((count) => count.data()))
      tf.dispose(hits)
      return counts.slice(-evaluationBatches).reduce((sum, [count]) => sum + count, 0)
    },
    async predict() {
      const outputs = tf.tidy(() => forward(tf.tensor2d(digits.digit, [1, PIXELS]), false))
      await outputs.data()
      outputs.dispose()
    },
  }
}
