// Chooses a backend, loads its code, and says why.

import type { Backend } from './types'

export { DeviceLostError } from './types'

/** A backend, and why it was chosen: a sentence for a person. `refused` says what was asked for and could not be had. */
export interface Choice {
  readonly backend: Backend
  readonly reason: string
  readonly refused?: string
}

/** Opens what a person chose; `auto` takes WebGPU where the adapter is a real one. Never fails: the CPU is always there. */
export async function openBackend(choice: 'auto' | 'webgpu' | 'wasm' | 'reference'): Promise<Choice> {
  if (choice === 'reference') return { backend: await openReference(), reason: 'Chosen by you.' }
  if (choice === 'wasm') return openCpu('Chosen by you.', true)
  let webgpu: Backend
  try {
    webgpu = await (await import('./webgpu')).createWebGPU()
  } catch (error) {
    const message = messageOf(error)
    const fallback = await openCpu(`${message} Training runs on the CPU.`, false)
    return choice === 'auto' ? fallback : { ...fallback, refused: `WebGPU cannot be used: ${message}` }
  }
  if (choice === 'webgpu') return { backend: webgpu, reason: 'Chosen by you.' }
  if (!webgpu.info.software) return { backend: webgpu, reason: 'WebGPU runs on your graphics processor.' }
  webgpu.dispose()
  return openCpu(`WebGPU here is software (${webgpu.info.adapter}), so training runs on the CPU directly.`, false)
}

const openReference = async (): Promise<Backend> => (await import('./reference')).createReference()

/** WebAssembly, or where that cannot be had plain JavaScript; `refused` says so where it was asked for. */
async function openCpu(reason: string, asked: boolean): Promise<Choice> {
  try {
    return { backend: await (await import('./wasm')).createWasm(), reason }
  } catch (error) {
    const message = messageOf(error)
    const why = `${message} The slower plain JavaScript is used.`
    const fallback = { backend: await openReference(), reason: asked ? why : `${reason} ${why}` }
    return asked ? { ...fallback, refused: `WebAssembly cannot be used: ${message}` } : fallback
  }
}

/** What went wrong, as a sentence. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /[.!?]$/.test(message) ? message : `${message}.`
}
