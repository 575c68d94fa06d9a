// Chooses a backend and says why.

import { createReference } from './reference'
import type { Backend } from './types'
import { createWebGPU } from './webgpu'

export { DeviceLostError } from './types'

/** A backend, and why it was chosen: a sentence for a person. `refused` says what was asked for and could not be had. */
export interface Choice {
  readonly backend: Backend
  readonly reason: string
  readonly refused?: string
}

/** Opens what a person chose; `auto` takes WebGPU where the adapter is a real one. Never fails: the CPU is always there. */
export async function openBackend(choice: 'auto' | 'webgpu' | 'reference'): Promise<Choice> {
  if (choice === 'reference') return { backend: createReference(), reason: 'Chosen by you.' }
  let webgpu: Backend
  try {
    webgpu = await createWebGPU()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const fallback = { backend: createReference(), reason: `${message} Training runs on the CPU.` }
    return choice === 'auto' ? fallback : { ...fallback, refused: `WebGPU cannot be used: ${message}` }
  }
  if (choice === 'webgpu') return { backend: webgpu, reason: 'Chosen by you.' }
  if (!webgpu.info.software) return { backend: webgpu, reason: 'WebGPU runs on your graphics processor.' }
  webgpu.dispose()
  const reason = `WebGPU here is software (${webgpu.info.adapter}), so training runs on the CPU directly.`
  return { backend: createReference(), reason }
}
