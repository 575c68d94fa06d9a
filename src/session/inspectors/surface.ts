// Computes surfaces by a small program of its own, which is kept until the inspection ends.

import { transfer } from 'comlink'
import type { Backend, Program } from '../../backends/types'
import { datasetOf } from '../../datasets'
import { gridOf, inputsAt } from '../../datasets/plane/points'
import { packed } from '../../model/examples'
import { countOf, rowSize } from '../../model/shape'
import type { Loss } from '../../model/spec'
import { compileSurface, type SurfacePlan } from '../../model/surface'
import { fill, learntContents, readLearnt } from '../contents'
import type { Surface, SurfaceRequest } from '../protocol'
import { RequestError } from '../queue'
import type { Trainer } from '../trainer'
import { BusyClock } from './busy-clock'
import type { Inspector, Scene } from './inspector'

/** Most places along an axis. */
const MOST = 256

/** The program of the surfaces of one run. */
interface Kept {
  readonly trainer: Trainer
  readonly side: number
  readonly surface: SurfacePlan
  readonly program: Program<'forward'>
}

export class SurfaceReader implements Inspector<'surface'> {
  #kept: Kept | undefined

  /** See Inspections.surface. */
  async inspect({ run }: Scene, { side, neuron }: SurfaceRequest): Promise<Surface | undefined> {
    if (!Number.isInteger(side) || side < 1 || side > MOST)
      throw new RequestError(`A surface has 1 to ${MOST} places a side, not ${side}.`)
    if (!run) return undefined
    const { backend, trainer } = run
    const { spec } = trainer.model
    const { plane, classes } = datasetOf(spec)
    if (!plane) return undefined
    const { surface, program } = await this.#keptFor(backend, trainer, side)
    const clock = new BusyClock(!backend.info.software)
    const step = trainer.submitted // training goes on during the reads
    fill(program, learntContents(surface, await clock.wait(readLearnt(trainer.program, trainer.model))))
    program.run('forward', 1)
    const last = surface.outputs[surface.outputs.length - 1]
    const shown = neuron && surface.outputs.at(neuron.layer)
    const [outputs, hidden] = await clock.wait(
      Promise.all([program.read(last.buffer), shown && program.read(shown.buffer)]),
    )

    const count = side * side
    const answers = readableRows(outputs, rowSize(last.shape), count, classes.length, spec.loss)
    const known = neuron && shown && hidden && neuron.unit < countOf(shown.shape)
    const values =
      known && Float32Array.from({ length: count }, (_, i) => hidden[i * rowSize(shown.shape) + neuron.unit])
    const result: Surface = {
      step,
      side,
      ...(neuron && values && { neuron: { place: neuron, values } }),
      answers,
      busy: clock.busy,
    }
    return transfer(result, values ? [answers.buffer, values.buffer] : [answers.buffer])
  }

  /** Frees the program; the next surface makes a new one. */
  close(): void {
    this.#kept?.program.dispose()
    this.#kept = undefined
  }

  async #keptFor(backend: Backend, trainer: Trainer, side: number): Promise<Kept> {
    if (this.#kept?.trainer === trainer && this.#kept.side === side) return this.#kept
    this.close()
    const { spec } = trainer.model
    const { input, plane } = datasetOf(spec)
    const surface = compileSurface(spec, side * side)
    const program = await backend.prepare(surface.plan)
    program.write(surface.buffers.statistics, await trainer.program.read(trainer.model.buffers.statistics))
    const inputs = plane ? inputsAt(plane, gridOf(side)) : new Float32Array()
    program.write(surface.buffers.examples, new Float32Array(packed(input, inputs).buffer))
    return (this.#kept = { trainer, side, surface, program })
  }
}

/** As `readable` of each row, without an array a row: there are thousands, many times a second. */
function readableRows(outputs: Float32Array, stride: number, rows: number, classes: number, loss: Loss) {
  const read = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * stride, row * classes]
    if (loss === 'quadratic') {
      read.set(outputs.subarray(from, from + classes), to)
      continue
    }
    let top = -Infinity
    for (let c = 0; c < classes; c++) top = Math.max(top, outputs[from + c])
    let sum = 0
    for (let c = 0; c < classes; c++) sum += read[to + c] = Math.exp(outputs[from + c] - top)
    for (let c = 0; c < classes; c++) read[to + c] /= sum
  }
  return read
}
