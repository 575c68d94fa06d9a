// A thread that makes the synthetic drawings once, then ends.

import { makeSynthetic } from './synthetic'

const made = makeSynthetic()
postMessage(made, { transfer: [made.images.buffer, made.labels.buffer] })
