// Sets fields of a spec by name, for links and the command line.

import { augmentationTypes } from './augmentation'
import { initialPart, type Kind } from './fields'
import { optimizerTypes } from './optimizers'
import { scheduleTypes } from './schedules'

/** Parts that come in kinds. */
const parts = new Map<string, Readonly<Record<string, Kind>>>([
  ['optimizer', optimizerTypes],
  ['schedule', scheduleTypes],
  ['augmentation', augmentationTypes],
])

/**
 * A copy of `spec` with the field at `path` (`learningRate`, `optimizer.momentum`, `layers.0.units`) set to `text`: JSON, or
 * a plain name. `optimizer`, `schedule` and `augmentation` also take the name of a kind. The result may be no valid spec: see
 * specIssues.
 */
export function override(spec: object, path: string, text: string): object {
  const part = Object.entries(spec).find(([key]) => key === path)?.[1] as { type?: unknown } | undefined
  if (part?.type === text.trim()) return spec // the part has that kind already: it keeps its values
  return set(spec, path.split('.'), valueOf(path, text.trim())) as object
}

function valueOf(path: string, text: string): unknown {
  const types = parts.get(path)
  if (types && Object.hasOwn(types, text)) return initialPart(types, text)
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function set(into: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  const next = (old: unknown) => (rest.length === 0 ? value : set(old, rest, value))
  if (Array.isArray(into) && /^\d{1,2}$/.test(key)) {
    const list: unknown[] = [...(into as unknown[])]
    list[Number(key)] = next(list[Number(key)])
    return list
  }
  const fields = new Map<string, unknown>(Object.entries(typeof into === 'object' && into ? into : {}))
  fields.set(key, next(fields.get(key)))
  return Object.fromEntries(fields)
}
