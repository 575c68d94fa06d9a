// PyTorch's optimizers with the formulas of Inkling's, so that they continue from its moments: see kernels/optimizers.ts.

import { lookUp, type OptimizerTable } from '../../model/optimizers'
import type { Optimizer } from '../../model/spec'

/** An optimizer of PyTorch. */
interface TorchOptimizer {
  /** Class in torch.optim with its options. */
  readonly source: string
  /** The moments in the order of a snapshot: Inkling's name, and the key in PyTorch's state. */
  readonly moments: readonly (readonly [name: string, key: string])[]
}

const sgd: TorchOptimizer = { source: 'torch.optim.SGD(groups, lr=LEARNING_RATE)', moments: [] }

function descent(momentum: number, nesterov: string): TorchOptimizer {
  // Without momentum there are no moments, and PyTorch rejects Nesterov.
  if (momentum === 0) return sgd
  return {
    source: `torch.optim.SGD(groups, lr=LEARNING_RATE, momentum=${momentum}${nesterov})`,
    moments: [['velocity', 'momentum_buffer']],
  }
}

const adam = (
  name: 'Adam' | 'AdamW',
  { beta1, beta2, epsilon }: { readonly beta1: number; readonly beta2: number; readonly epsilon: number },
): TorchOptimizer => ({
  source: `torch.optim.${name}(groups, lr=LEARNING_RATE, betas=(${beta1}, ${beta2}), eps=${epsilon})`,
  moments: [
    ['first-moment', 'exp_avg'],
    ['second-moment', 'exp_avg_sq'],
  ],
})

export const torchOptimizers: OptimizerTable<TorchOptimizer> = {
  sgd: () => sgd,
  momentum: ({ momentum }) => descent(momentum, ''),
  nesterov: ({ momentum }) => descent(momentum, ', nesterov=True'),
  rmsprop: ({ rho, epsilon }) => ({
    source: `torch.optim.RMSprop(groups, lr=LEARNING_RATE, alpha=${rho}, eps=${epsilon})`,
    moments: [['second-moment', 'square_avg']],
  }),
  adam: (optimizer) => adam('Adam', optimizer),
  adamw: (optimizer) => adam('AdamW', optimizer),
}

/** PyTorch's optimizer that continues from Inkling's moments. */
export const torchOptimizer = (optimizer: Optimizer): TorchOptimizer => lookUp(torchOptimizers, optimizer)
