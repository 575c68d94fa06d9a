// How races of earlier visits ended, by the plan of the run, on one graphics card in one browser.

import { digest, remember, remembered } from '../backends/remembered'
import { threadsHere } from '../backends/wasm/threads'
import { datasetOf } from '../datasets'
import { compile } from '../model/compile'
import type { Spec } from '../model/spec'
import type { Speeds } from './race'

/** Of what is remembered: changes with the way of racing, and with kernels that become faster. */
const VERSION = 2

type SpeedsByPlan = Readonly<Record<string, Speeds>>

/** What is in the database for a graphics card. */
interface Remembered {
  /** The browser with its version, and the threads of its WebAssembly. */
  readonly here: string
  readonly speeds: SpeedsByPlan
}

const here = () => `${threadsHere().wanted} threads, ${globalThis.navigator?.userAgent ?? ''}`

/**
 * The plan that is raced, in short: the kernels of a training step with their constants, the batch among them. The number of examples is
 * the data set's own, so that it is known before they are here. The data set counts too: WebAssembly skips its zeros.
 */
export function planKey(spec: Spec): string {
  const { plane, ...dataset } = datasetOf(spec)
  // Points are small and dense, however many there are and wherever they lie: one race tells of all.
  if (plane) spec = { ...spec, trainingSize: spec.batchSize, validationSize: 0 }
  const {
    id,
    train: trainCount,
    test: testCount,
  } = plane ? { id: 'plane', train: spec.batchSize, test: spec.batchSize } : dataset
  const synthetic = spec.styleShare > 0 ? { inputs: 'inputs', labels: 'labels', count: trainCount } : undefined
  const { train } = compile(spec, { trainCount, testCount, ...(synthetic && { synthetic }) }).plan.lists
  return digest(JSON.stringify([id, train.map(({ kernel, constants }) => [kernel.name, constants])]))
}

export class RaceMemory {
  readonly #place: string
  #speeds: Promise<SpeedsByPlan> | undefined

  /** `adapter`: the graphics card as the browser names it. */
  constructor(adapter: string) {
    this.#place = `race of backends ${VERSION}, ${adapter}`
  }

  /** How the race on the spec's plan ended. Undefined if there was none. */
  async recall(spec: Spec): Promise<Speeds | undefined> {
    return (await (this.#speeds ??= this.#read()))[planKey(spec)]
  }

  async keep(spec: Spec, speeds: Speeds): Promise<void> {
    const known = await (this.#speeds ??= this.#read())
    await this.#write({ ...known, [planKey(spec)]: speeds })
  }

  async #read(): Promise<SpeedsByPlan> {
    const known = await remembered<Remembered>(this.#place)
    return known?.here === here() ? known.speeds : {}
  }

  async #write(speeds: SpeedsByPlan): Promise<void> {
    this.#speeds = Promise.resolve(speeds)
    await remember(this.#place, { here: here(), speeds } satisfies Remembered)
  }
}
