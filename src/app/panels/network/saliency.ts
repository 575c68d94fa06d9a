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
  /** What adds to the score of a class. */
  readonly each: string
  /** Names a class. */
  readonly noun: string
  /** A sentence on what says nothing. */
  readonly end: string
}

/** `laid`: an example lies on the pad, in place of a drawing. */
export function saliencyWords(dataset: Pick<Dataset, 'input' | 'abilities'>, laid = false): Words {
  const { input } = dataset
  const noun = classNoun(dataset)
  const [what, title, each, end] =
    input.kind === 'features'
      ? (['feature', 'features', 'each feature', 'A feature of zero says nothing.'] as const)
      : dataset.abilities.draw
        ? ([
            'ink',
            `parts of ${laid ? 'the picture' : 'your drawing'}`,
            'the ink of each pixel',
            'Empty paper has no colour.',
          ] as const)
        : ([
            'pixel',
            'pixels',
            input.channels === 1 ? 'each pixel' : 'each pixel, its three colours together,',
            'A pixel of zero says nothing.',
          ] as const)
  const whose = input.kind === 'features' ? 'each feature' : what === 'ink' ? 'each pixel’s ink' : 'each pixel'
  return {
    title: `Which ${title} helped, and which hurt`,
    nothing: `The network’s numbers grew without limit, so no ${what} speaks for or against any ${noun}.`,
    map: (name) => `What ${whose} says for ${name}`,
    each,
    noun,
    end,
  }
}
