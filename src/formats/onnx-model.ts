// An ONNX model as bytes: those messages of its protocol buffers that exported networks need.
//
// Field numbers and enumerations are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. It is written in proto2, which
// does not pack repeated integers unless told so: every one has a tag of its own.

import { PbfWriter } from 'pbf'

/**
 * Versions of the file format and of the operators: those of ONNX 1.9 (2021), old enough for every program in use. From operators 14 on,
 * BatchNormalization has a flag that it is not training; before, some programs assumed training.
 */
const IR_VERSION = 7
const OPSET_VERSION = 14

const DataType = { float: 1, int64: 7 } as const
const AttributeType = { float: 1, int: 2, ints: 7 } as const

/** A constant of the graph, such as a weight; values in row-major order, shape [] for a single number. */
export interface OnnxTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | BigInt64Array
}

/** ONNX tells 32-bit floats, 64-bit integers and lists of these apart. */
export type OnnxAttribute = { readonly float: number } | { readonly int: number } | { readonly ints: readonly number[] }

/** An operator with the names of its inputs and of its one output. */
export interface OnnxNode {
  readonly name: string
  /** One of https://onnx.ai/onnx/operators/, in version OPSET_VERSION. */
  readonly operator: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/** An input or output of a model: 32-bit floats. */
export interface OnnxValue {
  readonly name: string
  /** A size with a name instead of a number may be any. */
  readonly shape: readonly (number | string)[]
  readonly documentation: string
}

/** A model: one graph, with nodes after those that make their inputs. */
interface OnnxModel {
  readonly name: string
  readonly documentation: string
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxTensor[]
}

/** The bytes of an `.onnx` file (ModelProto). */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, IR_VERSION)
  pbf.writeStringField(2, 'Inkling') // producer_name
  pbf.writeStringField(6, model.documentation) // doc_string
  pbf.writeMessage(7, writeGraph, model)
  pbf.writeMessage(8, (version, pbf) => pbf.writeVarintField(2, version), OPSET_VERSION) // opset_import, of the standard domain
  for (const entry of Object.entries(model.metadata)) pbf.writeMessage(14, writeEntry, entry) // metadata_props
  return new Uint8Array(pbf.finish())
}

/** StringStringEntryProto */
function writeEntry([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key)
  pbf.writeStringField(2, value)
}

/** GraphProto */
function writeGraph({ name, nodes, initializers, inputs, outputs }: OnnxModel, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, name)
  for (const tensor of initializers) pbf.writeMessage(5, writeTensor, tensor)
  for (const value of inputs) pbf.writeMessage(11, writeValue, value)
  for (const value of outputs) pbf.writeMessage(12, writeValue, value)
}

/** NodeProto */
function writeNode({ inputs, output, name, operator, attributes }: OnnxNode, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input)
  pbf.writeStringField(2, output)
  pbf.writeStringField(3, name)
  pbf.writeStringField(4, operator) // op_type
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute)
}

/** AttributeProto */
function writeAttribute([name, attribute]: readonly [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  if ('float' in attribute) {
    pbf.writeFloatField(2, attribute.float)
    pbf.writeVarintField(20, AttributeType.float)
  } else if ('int' in attribute) {
    pbf.writeVarintField(3, attribute.int)
    pbf.writeVarintField(20, AttributeType.int)
  } else {
    for (const int of attribute.ints) pbf.writeVarintField(8, int)
    pbf.writeVarintField(20, AttributeType.ints)
  }
}

/** TensorProto */
function writeTensor({ name, shape, values }: OnnxTensor, pbf: PbfWriter): void {
  for (const size of shape) pbf.writeVarintField(1, size) // dims
  pbf.writeVarintField(2, values instanceof Float32Array ? DataType.float : DataType.int64) // data_type
  pbf.writeStringField(8, name)
  pbf.writeBytesField(9, rawData(values)) // raw_data
}

/** Values one after the other, little-endian. */
function rawData(values: Float32Array | BigInt64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.byteLength))
  if (values instanceof Float32Array) values.forEach((value, i) => view.setFloat32(4 * i, value, true))
  else values.forEach((value, i) => view.setBigInt64(8 * i, value, true))
  return new Uint8Array(view.buffer)
}

/** ValueInfoProto */
function writeValue({ name, shape, documentation }: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  // TypeProto with tensor_type
  pbf.writeMessage(2, (shape, pbf) => pbf.writeMessage(1, writeTensorType, shape), shape)
  pbf.writeStringField(3, documentation) // doc_string
}

/** TypeProto.Tensor */
function writeTensorType(shape: OnnxValue['shape'], pbf: PbfWriter): void {
  pbf.writeVarintField(1, DataType.float) // elem_type
  pbf.writeMessage(2, writeShape, shape)
}

/** TensorShapeProto */
function writeShape(shape: OnnxValue['shape'], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(1, writeDimension, size)
}

/** TensorShapeProto.Dimension */
function writeDimension(size: number | string, pbf: PbfWriter): void {
  if (typeof size === 'number') pbf.writeVarintField(1, size)
  else pbf.writeStringField(2, size)
}
