// Chooses a backend, loads its code, and says why.

import type { Backend } from './types'

export { DeviceLostError } from './types'

/** A backend, and the reason for the choice, in a sentence. `refused`: what was asked for and is not available. */
export interface Choice {
  readonly backend: Backend
  readonly reason: string
  readonly refused?: string
}

/** What runs, in a sentence. */
export const ON_GPU = 'Running on your graphics card, by WebGPU.'
export const ON_CPU = 'Running on your processor. Fast enough for small networks.'

/** Opens the chosen backend; `auto` takes WebGPU on a real adapter. Never fails: the CPU is always there. */
export async function openBackend(choice: 'auto' | 'webgpu' | 'wasm' | 'reference'): Promise<Choice> {
  if (choice === 'reference') return { backend: await openReference(), reason: 'Chosen by you.' }
  if (choice === 'wasm') return openCpu('Chosen by you.', true)
  let webgpu: Backend
  try {
    webgpu = await (await import('./webgpu')).createWebGPU()
  } catch (error) {
    const message = messageOf(error)
    const fallback = await openCpu(`${ON_CPU} ${message}`, false)
    return choice === 'auto' ? fallback : { ...fallback, refused: `WebGPU cannot be used: ${message}` }
  }
  if (choice === 'webgpu') return { backend: webgpu, reason: 'Chosen by you.' }
  if (!webgpu.info.software) return { backend: webgpu, reason: ON_GPU }
  webgpu.dispose()
  return openCpu(
    `${ON_CPU} WebGPU is here only in software (${webgpu.info.adapter}), which is slower than the CPU.`,
    false,
  )
}

const openReference = async (): Promise<Backend> => (await import('./reference')).createReference()

/** WebAssembly, or plain JavaScript without it; `refused` then says so if WebAssembly was asked for. */
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

/** The reason of an error, as a sentence. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /[.!?]$/.test(message) ? message : `${message}.`
}
