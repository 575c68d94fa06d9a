// Files of results: runs of reproduce, and PyTorch's results on the same recipes.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'
import { mnist } from '../datasets'
import type { Spec } from '../model/spec'
import { messageOf, UsageError } from './errors'
import type { Summary } from './runner'

/** A complete run of a preset. Accuracies are in per cent. */
export interface Result extends Omit<Summary, 'spec'> {
  readonly preset: string
  /** Its time limit. */
  readonly minutes: number
  /** When it ended, as ISO 8601. */
  readonly at: string
  /** The spec of the run. A later version may have other fields. */
  readonly spec: Pick<Spec, 'dataset' | 'seed' | 'epochs'>
}

const resultSchema: v.GenericSchema<unknown, Result> = v.object({
  preset: v.string(),
  minutes: v.number(),
  at: v.string(),
  outcome: v.picklist(['finished', 'time limit', 'interrupted', 'failed']),
  message: v.nullable(v.string()),
  // Results without a data set are of MNIST.
  spec: v.looseObject({ dataset: v.optional(v.string(), mnist.id), seed: v.number(), epochs: v.number() }),
  backend: v.picklist(['webgpu', 'wasm', 'reference']),
  adapter: v.string(),
  accuracy: v.nullable(v.number()),
  bestAccuracy: v.nullable(v.number()),
  epochs: v.number(),
  images: v.number(),
  seconds: v.number(),
  imagesPerSecond: v.number(),
})

const pytorchSchema = v.object({ preset: v.string(), seed: v.number(), epochs: v.number(), accuracy: v.number() })

/** A run in PyTorch; accuracy in per cent. */
export type PyTorchResult = v.InferOutput<typeof pytorchSchema>

/** Results of a file. @throws UsageError if it holds none */
export const readResults = (file: string): Result[] => readList(file, resultSchema)

/** PyTorch's results. @throws UsageError where the file holds none */
export const readPyTorch = (file: string): PyTorchResult[] => readList(file, pytorchSchema)

function readList<T>(file: string, schema: v.GenericSchema<unknown, T>): T[] {
  try {
    return v.parse(v.array(schema), JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const place = v.isValiError(error) ? ` in ${v.getDotPath(error.issues[0]) ?? 'the whole'}` : ''
    throw new UsageError(`${file} cannot be read as a list of results: ${messageOf(error)}${place}`)
  }
}

/** Results of a file that a run continues; none if there is no file yet. @throws UsageError */
export const resumedResults = (file: string): Result[] => (existsSync(file) ? readResults(file) : [])

/** Replaces the file atomically, so that it is whole whenever the process ends. @throws UsageError if it cannot be written */
export function writeResults(file: string, results: readonly Result[]): void {
  const unfinished = `${file}.part`
  try {
    writeFileSync(unfinished, `${JSON.stringify(results, undefined, 2)}\n`)
    renameSync(unfinished, file)
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${messageOf(error)}`)
  }
}
