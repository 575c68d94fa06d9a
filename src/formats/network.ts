// A trained network as a file: its parameters as safetensors, its spec in their metadata.

import { learntFrom, tensorsOf, type Learnt } from '../model/parameters'
import { parseSpec, type Spec } from '../model/spec'
import { FormatError, readSafetensors, writeSafetensors } from './safetensors'

/** Name of the spec among the metadata. */
export const SPEC = 'inkling.spec'

/** A network and what it has learnt. */
export interface Network {
  readonly spec: Spec
  readonly learnt: Learnt
}

/** The bytes of a safetensors file; weights are [inputs, outputs] and [rows, columns, channels, filters]. */
export function writeNetwork({ spec, learnt }: Network): Uint8Array<ArrayBuffer> {
  return writeSafetensors({ tensors: tensorsOf(spec, learnt), metadata: { [SPEC]: JSON.stringify(spec) } })
}

/** Reads such a file. @throws FormatError that says why it cannot be used, to be put behind the file's name */
export function readNetwork(bytes: Uint8Array): Network {
  const { tensors, metadata } = readSafetensors(bytes)
  if (!Object.hasOwn(metadata, SPEC))
    throw new FormatError(`has no ${SPEC} among its metadata: Inkling did not write it`)
  try {
    const spec = parseSpec(JSON.parse(metadata[SPEC]))
    return { spec, learnt: learntFrom(spec, tensors) }
  } catch (error) {
    throw new FormatError(error instanceof SyntaxError ? `has a ${SPEC} that is no JSON` : (error as Error).message)
  }
}
