// The formats in which the present network can be taken along. What writes one is loaded when it is asked for.

import type { Network } from '../../formats/network'
import type { PixelStatistics } from '../../model/initialise'
import { shapeOf } from '../stack'

/** What a format is made of. */
export interface Taken extends Network {
  readonly pixels: PixelStatistics
}

export interface Export {
  /** On its button. */
  readonly title: string
  /** What it is for, in a sentence. */
  readonly words: string
  /** Ending of the file's name, without a dot. */
  readonly extension: string
  readonly write: (taken: Taken) => Promise<Blob>
}

export const exports: readonly Export[] = [
  {
    title: 'Save network',
    words:
      'All weights and the whole setup in a .safetensors file, to be opened here again or in any program that reads the format.',
    extension: 'safetensors',
    async write(network) {
      const { writeNetwork } = await import('../../formats/network')
      return new Blob([writeNetwork(network)], { type: 'application/octet-stream' })
    },
  },
]

/** `inkling-784-192-10.onnx`; of networks that are not all dense the layers stay out, which would be too long. */
export function fileName({ spec }: Network, extension: string): string {
  const shape = shapeOf(spec)
  return `inkling${/^[\d-]+$/.test(shape) ? `-${shape}` : ''}.${extension}`
}
