// Names of the files that a network is saved in.

import { expect, test } from 'vitest'
import { fileName } from '../src/app/panels/files/exports'
import { findDataset, mnist } from '../src/datasets'
import { findPreset } from '../src/model/presets'
import { oddFeatures } from './odd-sets'
import { softmax } from './training-session'

test('a file is named after its network, and after its data set if that is not MNIST', () => {
  const names = [mnist, findDataset('fashion-mnist')].map((dataset) =>
    fileName({ spec: { ...softmax, dataset: dataset!.id } }, '.onnx'),
  )
  expect(names).toEqual(['inkling-784-10.onnx', 'inkling-fashion-mnist-784-10.onnx'])
  const lenet = findPreset('lenet')!.spec
  expect(fileName({ spec: lenet }, '-pytorch.zip')).toBe('inkling-pytorch.zip')
  expect(fileName({ spec: { ...softmax, dataset: oddFeatures.id } }, '.onnx')).toMatch(/^inkling-odd-features-/)
})
