// Names of the data stores of a device that hold a data set.

export const stores = {
  trainInputs: 'train-inputs',
  trainLabels: 'train-labels',
  testInputs: 'test-inputs',
  testLabels: 'test-labels',
} as const

export type StoreName = (typeof stores)[keyof typeof stores]
