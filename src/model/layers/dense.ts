// Dense layer: activation(inputs . weights + bias).

import * as v from 'valibot'

export const activations = ['linear', 'sigmoid', 'tanh', 'relu', 'gelu'] as const
export type Activation = (typeof activations)[number]

export const initialisers = ['glorot', 'he', 'lecun-normal', 'zero'] as const
export type Initialiser = (typeof initialisers)[number]
