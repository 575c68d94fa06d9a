// What each value that a network reads says for and against each class, as maps and in words.

import type { Dataset } from '../../../datasets/dataset'
import type { Shape } from '../../../model/shape'
import { classNoun } from '../../../ui/class-words'

/** Shape of a class's map: [height, width], whatever the colours, or [features]. */
export function mapShape({ input }: Pick<Dataset, 'input'>): Shape {
  return input.kind === 'image' ? [input.height, input.width] : [input.names.length]
}

/** The map of every class out of a saliency [classes, values]: what the colours of a pixel say is added up. */
export function mapsOf(saliency: Float32Array, { input, classes }: Pick<Dataset, 'input' | 'classes'>): Float32Array[] {
  const channels = input.kind === 'image' ? input.channels : 1
  const values = saliency.length / classes.length
  return classes.map((_, label) => {
    const own = saliency.subarray(label * values, (label + 1) * values)
    if (channels === 1) return own
    const map = new Float32Array(values / channels)
    own.forEach((value, i) => (map[Math.floor(i / channels)] += value))
    return map
  })
}

/** What speaks: ink of drawings, which lies on paper of zeros; pixels of other images; features. */
interface Words {
  readonly title: string
  /** Where numbers are not finite. */
  readonly nothing: string
  /** Of the map of a class. */
  map(name: string): string
  /** How it is reckoned; `before` is what comes after the logit. */
  how(before: string): string
}

export function saliencyWords(dataset: Pick<Dataset, 'input' | 'abilities'>): Words {
  const { input } = dataset
  const noun = classNoun(dataset)
  const [what, speak, each, end] =
    input.kind === 'features'
      ? (['feature', 'features speak', 'each feature', 'A feature of zero says nothing.'] as const)
      : dataset.abilities.draw
        ? (['ink', 'ink speaks', 'the ink of each pixel', 'Paper says nothing.'] as const)
        : ([
            'pixel',
            'pixels speak',
            input.channels === 1 ? 'each pixel' : 'each pixel, its three colours together,',
            'A pixel of zero says nothing.',
          ] as const)
  const whose = input.kind === 'features' ? 'each feature' : what === 'ink' ? 'each pixel’s ink' : 'each pixel'
  return {
    title: `Which ${speak} for each ${noun}, and which against`,
    nothing: `The numbers of this network are no longer finite, so no ${what} speaks for or against any ${noun}.`,
    map: (name) => `What ${whose} says for ${name}`,
    how: (before) =>
      `What ${each} adds to the ${noun}’s logit, its output before the ${before}, as far as the slope there tells (gradient × input). ${end}`,
  }
}
