// A thread that makes the synthetic drawings once and ends with its work.

import { makeSynthetic } from './synthetic'

const made = makeSynthetic()
postMessage(made, { transfer: [made.images.buffer, made.labels.buffer] })
