// The device of a run in Node: WebGPU if the npm package webgpu is installed (see dawn.ts), else the CPU.

import { openBackend, type Choice } from '../backends'
import type { BackendChoice } from '../session/protocol'
import { DAWN, installDawn, softwareHint } from './dawn'
import { Failure, messageOf, UsageError } from './errors'

/**
 * Opens the requested backend; `auto` takes the CPU without WebGPU on a graphics processor, and says why.
 * @throws UsageError or Failure if WebGPU was asked for and is not available
 */
export async function openDevice(choice: BackendChoice): Promise<Choice> {
  const missing = choice === 'wasm' || choice === 'reference' ? undefined : await provideWebGPU()
  if (missing && choice === 'webgpu') throw new UsageError(`WebGPU cannot be used: ${missing}`)
  const chosen = await openBackend(missing ? 'wasm' : choice)
  if (chosen.refused) throw new Failure([chosen.refused, softwareHint()].filter(Boolean).join('\n'))
  return missing ? { ...chosen, reason: `Training runs on the CPU: ${missing}` } : chosen
}

/** Defines WebGPU's globals as in a browser. Returns what to do if Dawn is not installed. */
async function provideWebGPU(): Promise<string | undefined> {
  try {
    installDawn(await import('webgpu'))
    return undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      return `the npm package webgpu is not installed. To install it (51 MB), run: npm install --no-save ${DAWN}`
    }
    return `the npm package webgpu does not start here (${messageOf(error)}).`
  }
}
