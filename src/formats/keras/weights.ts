// The weights of a TensorFlow.js model: a manifest of the layout of its shards, and the shards.

import * as v from 'valibot'
import { cut, FormatError, shown } from '../error'
import { readFloats } from '../floats'
import { checked, count, list, number, text } from './check'

/** Weights by name, each to be taken once. */
export interface Weights {
  /** Values of a layer's weight of that shape, as 32-bit floats. @throws FormatError if it is missing, or of another shape or kind */
  take(layer: string, weight: string, shape: readonly number[]): Float32Array
  /** Names of those that were not taken. */
  left(): readonly string[]
  /** Whether the state of an optimizer is there too. */
  readonly optimizer: boolean
}

const weightSchema = v.object({
  name: text,
  shape: list(count),
  dtype: text,
  group: v.nullish(text),
  quantization: v.nullish(v.object({ dtype: text, scale: v.nullish(number), min: v.nullish(number) })),
})
const manifestSchema = list(v.object({ paths: list(text), weights: list(weightSchema) }))

type WeightJson = v.InferOutput<typeof weightSchema>

/** A weight and its bytes. */
interface Stored extends WeightJson {
  readonly bytes: Uint8Array
}

/** Bytes of a value of every kind that may have to be skipped. */
const sizes = new Map([
  ['float32', 4],
  ['int32', 4],
  ['float16', 2],
  ['uint16', 2],
  ['uint8', 1],
  ['bool', 1],
])

/**
 * Finds every weight of a manifest in the shards, named as in the manifest or by the last part of their paths. Values are decoded
 * on demand.
 * @throws FormatError if a shard is missing, too short or too long, or a weight is duplicate
 */
export function readWeights(manifest: unknown, shards: ReadonlyMap<string, Uint8Array>): Weights {
  const groups = checked(
    v.object({ weightsManifest: manifestSchema }),
    { weightsManifest: manifest },
    'is no model of TensorFlow.js: it',
  )
  const used = new Set<Uint8Array>()
  const stored = new Map<string, Stored>()
  let optimizer = false
  for (const { paths, weights } of groups.weightsManifest) {
    for (const weight of placed(weights, paths, shards, used)) {
      if (weight.group === 'optimizer') {
        optimizer = true
        continue
      }
      const name = weight.name.replace(/:0$/, '') // as TensorFlow names a variable's first output
      if (stored.has(name)) throw new FormatError(`has the weights ${cut(name)} twice`)
      stored.set(name, weight)
    }
  }
  const taken = new Set<string>()
  return {
    optimizer,
    left: () => [...stored.keys()].filter((name) => !taken.has(name)),
    take(layer, weight, shape) {
      const name = nameOf(stored, `${layer}/${weight}`)
      const found = name === undefined || taken.has(name) ? undefined : stored.get(name)
      if (name === undefined || !found)
        throw new FormatError(`has no weights ${cut(`${layer}/${weight}`)} in its manifest`)
      taken.add(name)
      if (found.shape.join() !== shape.join()) {
        throw new FormatError(
          `has the weights ${cut(name)} in the shape ${shown(found.shape)}; their layer needs [${shape.join(', ')}]`,
        )
      }
      return valuesOf(found)
    },
  }
}

/** The name itself, or the only one that has the model's name before it. */
function nameOf(stored: ReadonlyMap<string, Stored>, name: string): string | undefined {
  if (stored.has(name)) return name
  const longer = [...stored.keys()].filter((other) => other.endsWith(`/${name}`))
  return longer.length === 1 ? longer[0] : undefined
}

/** The weights of a group with their bytes, which lie one after the other in its shards. */
function placed(
  weights: readonly WeightJson[],
  paths: readonly string[],
  shards: ReadonlyMap<string, Uint8Array>,
  used: Set<Uint8Array>,
): Stored[] {
  const parts = paths.map((path) => {
    const part = shards.get(path) ?? shards.get(path.slice(path.lastIndexOf('/') + 1))
    if (!part) throw new FormatError(`needs the file ${cut(path)} with its weights, which is not there`)
    if (used.has(part)) throw new FormatError(`names the file ${cut(path)} twice`)
    used.add(part)
    return part
  })
  const there = parts.reduce((sum, { length }) => sum + length, 0)
  let needed = 0
  const places = weights.map((weight) => {
    const from = needed
    needed += byteLength(weight)
    return [weight, from, needed] as const
  })
  if (needed !== there) {
    const files = paths.length > 3 ? `${cut(paths[0])} and ${paths.length - 1} more files` : paths.map(cut).join(', ')
    const fault = there < needed ? 'cut off' : 'of another model'
    throw new FormatError(
      `has weights of ${needed} bytes, and ${files || 'no file'} with ${there} bytes for them: ${fault}`,
    )
  }
  const bytes = joined(parts, there)
  return places.map(([weight, from, to]) => ({ ...weight, bytes: bytes.subarray(from, to) }))
}

function byteLength({ name, shape, dtype, quantization }: WeightJson): number {
  const size = sizes.get(quantization?.dtype ?? dtype)
  if (size === undefined)
    throw new FormatError(`has the weights ${cut(name)} as ${cut(quantization?.dtype ?? dtype)}, which cannot be read`)
  return shape.reduce((product, n) => product * n, size)
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Plain floats, halves, or whole numbers q that stand for scale * q + min. */
function valuesOf({ name, dtype, quantization, bytes }: Stored): Float32Array {
  if (dtype !== 'float32') throw new FormatError(`has the weights ${cut(name)} as ${cut(dtype)}; Inkling's are float32`)
  if (!quantization) return readFloats('F32', bytes)
  const { dtype: kind, scale, min } = quantization
  if (kind === 'float16') return readFloats('F16', bytes)
  if (kind !== 'uint8' && kind !== 'uint16') {
    throw new FormatError(
      `has the weights ${cut(name)} quantised to ${cut(kind)}; uint8, uint16 and float16 can be read`,
    )
  }
  if (typeof scale !== 'number' || typeof min !== 'number') {
    throw new FormatError(`has the weights ${cut(name)} quantised, and does not say by which scale and from which min`)
  }
  if (kind === 'uint8') return Float32Array.from(bytes, (q) => q * scale + min)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true) * scale + min)
}
