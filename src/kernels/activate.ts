// An activation function as a kernel of its own: shaders/activation.wgsl.

import source from '../../shaders/activation.wgsl?raw'
import library from '../../shaders/lib/activation.wgsl?raw'
import { activate } from './activation'
import { kernel, linearWorkgroups } from './kernel'

/** outputs = activation(inputs) over COUNT floats (a multiple of four); ACTIVATION must be zero at zero. */
export const activation = kernel({
  name: 'activation',
  constants: { COUNT: 'u32', ACTIVATION: 'u32' },
  bindings: { inputs: 'read f32', outputs: 'write f32' },
  variants: { default: { wgsl: library + source, workgroups: ({ COUNT }) => linearWorkgroups(COUNT / 4) } },
  reference({ COUNT, ACTIVATION }, { inputs, outputs }) {
    for (let i = 0; i < COUNT; i++) outputs[i] = activate(ACTIVATION, inputs[i])
  },
})
