// Walks an example through the run's next step, on copies: forward, loss, backward, update.

import { transfer } from 'comlink'
import { datasetOf } from '../../datasets'
import type { Buffer } from '../../kernels/plan'
import { valuesOf } from '../../model/look'
import { passesOn } from '../../model/neuron'
import { inputShapeOf } from '../../model/spec'
import { compileWalk } from '../../model/walk'
import { storedExample } from '../data'
import { contentsOf, type Present } from '../present'
import type { NamedParameters, StepWalk, WalkRequest } from '../protocol'
import { RequestError } from '../queue'

/** See Inspections.walk. @throws what Backend.prepare throws, DeviceLostError, and RequestError for no class or example of the data set */
export async function walkThrough(run: Present, { example, label }: WalkRequest): Promise<StepWalk> {
  const { spec } = run.trainer.model
  const { title, classes } = datasetOf(spec)
  if (!(label in classes)) throw new RequestError(`${title} has no class ${label}.`)
  const stored = storedExample(spec, example)
  const walk = compileWalk(spec)
  const { buffers, outputs, slopes, moments } = walk
  const program = await run.backend.prepare(walk.plan)
  try {
    const { contents, step } = await contentsOf(run)
    const content = (name: string) => contents.findLast(([buffer]) => buffer.name === name)?.[1]
    const floats = (name: string) => Float32Array.from(content(name) ?? [])
    for (const buffer of walk.plan.buffers) {
      const values = content(buffer.name)
      if (values) program.write(buffer, values)
    }
    program.write(buffers.example, stored)
    program.write(buffers.label, Uint32Array.of(label))
    program.run('walk', 1)

    const { inputs, losses, gradients, parameters, clip } = buffers
    const wanted = [...new Set([inputs, losses, gradients, parameters, clip, ...slopes, ...outputs.map(bufferOf)])]
    const read = await Promise.all(wanted.map((buffer) => program.read(buffer)))
    const array = new Map(wanted.map((buffer, i) => [buffer, read[i]]))
    const values = (buffer: Buffer<'f32'>) => array.get(buffer) ?? new Float32Array()
    const shape = inputShapeOf(spec)
    const layers: Float32Array[] = []
    const first = valuesOf({ shape }, values(inputs))
    outputs.forEach((flow, i) => {
      const below = layers[i - 1] ?? first
      layers.push(passesOn(spec.layers[i].type) ? below : valuesOf(flow, values(flow.buffer)))
    })
    const result: StepWalk = {
      spec,
      step: step - 1,
      label,
      inputs: first,
      layers,
      loss: values(losses)[0],
      slopes: outputs.map((flow, i) => valuesOf(flow, values(slopes[i]))),
      rate: run.trainer.rates(step - 1, 1)[0],
      clip: values(clip)[0],
      list: walk.parameters,
      running: floats('running'),
      before: floats('parameters'),
      gradients: values(gradients),
      after: values(parameters),
      kept: moments.map(({ name }): NamedParameters => ({ name, values: floats(name) })),
    }
    return transfer(result, buffersOf(result))
  } finally {
    program.dispose()
  }
}

const bufferOf = ({ buffer }: { buffer: Buffer<'f32'> }) => buffer

function buffersOf({ inputs, layers, slopes, running, before, gradients, after, kept }: StepWalk): ArrayBuffer[] {
  const arrays = [inputs, ...layers, ...slopes, running, before, gradients, after]
  const all = [...arrays, ...kept.map(({ values }) => values)]
  return [...new Set(all.map(({ buffer }) => buffer as ArrayBuffer))]
}
