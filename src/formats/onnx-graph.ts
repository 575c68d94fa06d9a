// Builds the graph of an ONNX model, operator by operator.

import type { OnnxAttribute, OnnxNode, OnnxTensor } from './onnx-model'

/** Nodes and constants. Every method appends, and takes and returns names of values. */
export class OnnxGraph {
  readonly nodes: OnnxNode[] = []
  readonly initializers: OnnxTensor[] = []

  /** An operator; its node and its output get the name. */
  add(
    name: string,
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    this.nodes.push({ name, operator, inputs, output: name, attributes })
    return name
  }

  /** A constant of 32-bit floats. */
  constant(name: string, shape: readonly number[], values: Float32Array): string {
    return this.#constant({ name, shape, values })
  }

  /** A number, named after its value, so that it is stored once. */
  scalar(name: string, value: number): string {
    return this.#constant({ name, shape: [], values: Float32Array.of(value) })
  }

  /** A list of places or sizes, an input of some operators. */
  integers(name: string, values: readonly number[]): string {
    return this.#constant({ name, shape: [values.length], values: BigInt64Array.from(values, BigInt) })
  }

  #constant(tensor: OnnxTensor): string {
    if (!this.initializers.some(({ name }) => name === tensor.name)) this.initializers.push(tensor)
    return tensor.name
  }

  /** Renames the newest value. */
  rename(output: string): string {
    const last = this.nodes.pop()
    if (!last) throw new Error('An empty graph has no value to rename.')
    this.nodes.push({ ...last, output })
    return output
  }
}
