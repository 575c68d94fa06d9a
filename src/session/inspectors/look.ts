// Looks inside the network of a run: shows one example to a small program of its own, which is kept until the inspection ends.

import { transfer } from 'comlink'
import type { Backend, Program } from '../../backends/types'
import type { Buffer } from '../../kernels/plan'
import type { Flow } from '../../model/layers/layer'
import { compileLook, identity, saliencyOf, supportOf, valuesOf, type LookPlan } from '../../model/look'
import { pathsOf } from '../../model/paths'
import { datasetOf } from '../../datasets'
import { isStandardised } from '../../model/batch'
import { neuronOf, passesOn, type NetworkState } from '../../model/neuron'
import { answerOf } from '../../model/outputs'
import { rowSize } from '../../model/shape'
import { inputShapeOf } from '../../model/spec'
import { fill, learntContents, readLearnt } from '../contents'
import { storedExample } from '../data'
import type { Look, LookRequest } from '../protocol'
import type { Reasons } from '../answers/look'
import type { Trainer } from '../trainer'
import { BusyClock } from './busy-clock'
import type { Inspector, Scene } from './inspector'

/** The program of a look at one run. */
interface Lens {
  readonly trainer: Trainer
  readonly look: LookPlan
  readonly program: Program<'forward' | 'answer' | 'backward'>
  /** Factors of standardised inputs. */
  readonly scales: Float32Array | undefined
}

export class Looker implements Inspector<'look'> {
  #lens: Lens | undefined

  /** See Inspections.look. */
  async inspect({ run }: Scene, request: LookRequest): Promise<Look | undefined> {
    return run && this.look(run.backend, run.trainer, request)
  }

  /** Shows an example to the newest network of the run. @throws what Backend.prepare throws, and DeviceLostError */
  async look(backend: Backend, trainer: Trainer, request: LookRequest): Promise<Look> {
    const lens = await this.#lensFor(backend, trainer)
    const clock = new BusyClock(!backend.info.software) // once a run is no matter
    const { look, program, scales } = lens
    const { buffers, outputs } = look
    const { spec } = trainer.model
    const { classes } = datasetOf(spec)
    const step = trainer.submitted // training goes on during the reads
    const learnt = await clock.wait(readLearnt(trainer.program, trainer.model))
    fill(program, learntContents(look, learnt))
    program.write(buffers.example, storedExample(spec, request.example))
    program.run('forward', 1)
    if (request.saliency) program.run('backward', 1)

    // Layers that pass values on share the buffer of the layer below.
    const distinct = [...new Set([buffers.inputs, ...outputs.map(({ buffer }) => buffer)])]
    const wanted = request.saliency ? [...distinct, buffers.gradients] : distinct
    const read = await clock.wait(Promise.all(wanted.map((buffer) => program.read(buffer))))
    const stored = new Map(wanted.map((buffer, i) => [buffer, read[i]]))
    const contents = (buffer: (typeof wanted)[number]) => stored.get(buffer) ?? new Float32Array()

    const shape = inputShapeOf(spec)
    const inputs = valuesOf({ shape }, contents(buffers.inputs))
    const layers: Float32Array[] = []
    outputs.forEach((flow, i) => {
      const below = layers[i - 1] ?? inputs
      layers.push(passesOn(spec.layers[i].type) ? below : valuesOf(flow, contents(flow.buffer)))
    })
    const network: NetworkState = { spec, list: look.parameters, ...learnt }
    const below = (layer: number) => layers[layer - 1] ?? inputs
    const { neuron } = request
    const answer = answerOf(layers[layers.length - 1], spec.loss)?.label
    const label = answer === undefined ? undefined : (request.label ?? answer)
    const result: Look = {
      spec,
      step,
      inputs,
      layers,
      reasons:
        label === undefined ? undefined : await this.#reasons(lens, clock, network, request, label, { inputs, layers }),
      neuron: neuron && neuronOf(network, neuron, below(neuron.layer), layers[neuron.layer]),
      saliency: request.saliency
        ? saliencyOf(
            shape,
            contents(buffers.gradients).subarray(0, classes.length * rowSize(shape)),
            request.example,
            scales,
          )
        : undefined,
      busy: clock.busy,
    }
    const { reasons } = result
    const arrays = [inputs, ...layers, ...(reasons ? [reasons.inputs, ...reasons.layers] : [])]
    return transfer(result, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))])
  }

  /** Explains an output of the network that has just seen the example. */
  async #reasons(
    { look, program, scales }: Lens,
    clock: BusyClock,
    network: NetworkState,
    { example }: LookRequest,
    label: number,
    values: Pick<Look, 'inputs' | 'layers'>,
  ): Promise<Reasons> {
    const { buffers, outputs, slopes } = look
    const { spec } = network
    const seed = new Float32Array(buffers.answer.size)
    seed[label] = 1
    program.write(buffers.answer, seed)
    program.run('answer', 1)
    // Of what an activation saved only GELU's is not its output.
    const savedOf = ({ activation, saved }: Flow) => (activation === 'gelu' ? [saved] : [])
    const wanted = [...new Set<Buffer>([...slopes, ...outputs.flatMap(savedOf)])]
    const read = await clock.wait(Promise.all(wanted.map((buffer) => program.read(buffer as Buffer<'f32'>))))
    const stored = new Map(wanted.map((buffer, i) => [buffer, read[i]]))
    const contents = (flow: Pick<Flow, 'shape'>, buffer: Buffer) =>
      valuesOf(flow, stored.get(buffer) ?? new Float32Array())
    const sums = outputs.map((flow, i) => contents(flow, slopes[i + 1]))
    const shape = inputShapeOf(spec)
    return {
      label,
      inputs: saliencyOf(
        shape,
        (stored.get(slopes[0]) ?? new Float32Array()).subarray(0, rowSize(shape)),
        example,
        scales,
      ),
      layers: outputs.map((flow, i) => {
        const saved = savedOf(flow).map((buffer) => contents(flow, buffer))[0] ?? values.layers[i]
        return supportOf(flow.activation, values.layers[i], saved, sums[i])
      }),
      paths: pathsOf(network, label, values, sums),
    }
  }

  /** Frees the program; the next look makes a new one. */
  close(): void {
    this.#lens?.program.dispose()
    this.#lens = undefined
  }

  async #lensFor(backend: Backend, trainer: Trainer): Promise<Lens> {
    if (this.#lens?.trainer === trainer) return this.#lens
    this.close()
    const look = compileLook(trainer.model.spec)
    const program = await backend.prepare(look.plan)
    const statistics = await trainer.program.read(trainer.model.buffers.statistics)
    program.write(look.buffers.statistics, statistics)
    const { spec } = trainer.model
    program.write(look.buffers.logits, identity(datasetOf(spec).classes.length))
    const row = rowSize(inputShapeOf(spec))
    const scales = isStandardised(spec) ? statistics.slice(row, 2 * row) : undefined
    return (this.#lens = { trainer, look, program, scales })
  }
}
