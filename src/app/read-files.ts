// Reads the files of a network, whatever format they are in.

import { readNetwork, type Network } from '../formats/network'

/** What files hold. */
export interface Opened extends Network {
  /** What is as in the file and not as a person may expect, in sentences. */
  readonly notes: readonly string[]
}

/** Reads the files of one network. @throws Error whose message goes on after the files' names */
export async function readFiles(files: readonly File[]): Promise<Opened> {
  if (files.length !== 1) throw new Error('are several files; one at a time is opened')
  const [file] = files
  if (!file.name.toLowerCase().endsWith('.safetensors'))
    throw new Error('is none of the files that are opened here: .safetensors')
  return { ...readNetwork(await bytesOf(file)), notes: [] }
}

/** @throws Error where the file has gone or is a folder */
async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw new Error('cannot be read: it is a folder, or it is no longer there')
  }
}
