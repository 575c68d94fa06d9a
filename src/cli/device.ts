// WebGPU in Node: the npm package webgpu (Dawn), where it is installed. It is no dependency, because it is a download of
// 51 MB that the page has no use for.

import { existsSync } from 'node:fs'
import { openBackend, type Choice } from '../backends'
import type { BackendChoice } from '../session/protocol'
import { Failure, messageOf, UsageError } from './errors'

const INSTALL = 'npm install --no-save webgpu@0.6.2'

/** Chromium's Vulkan in software, where Debian puts it. */
const SWIFTSHADER = '/usr/lib/chromium'

/**
 * Opens what was asked for; `auto` takes the CPU where there is no WebGPU on a graphics processor, and says why.
 * @throws UsageError or Failure where WebGPU was asked for and cannot be had
 */
export async function openDevice(choice: BackendChoice): Promise<Choice> {
  const missing = choice === 'wasm' || choice === 'reference' ? undefined : await provideWebGPU()
  if (missing && choice === 'webgpu') throw new UsageError(`WebGPU cannot be used: ${missing}`)
  const chosen = await openBackend(missing ? 'wasm' : choice)
  if (chosen.refused) throw new Failure([chosen.refused, softwareHint()].filter(Boolean).join('\n'))
  return missing ? { ...chosen, reason: `Training runs on the CPU: ${missing}` } : chosen
}

/** Puts WebGPU where a browser has it; returns what to do where it is not there. */
async function provideWebGPU(): Promise<string | undefined> {
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    // Node has a navigator from version 21 on.
    if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {} })
    Object.defineProperty(globalThis.navigator, 'gpu', { value: create([]), configurable: true })
    return undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      return `the npm package webgpu is not installed. To install it (51 MB), run: ${INSTALL}`
    }
    return `the npm package webgpu does not start here (${messageOf(error)}).`
  }
}

/** How to get WebGPU without a graphics processor, on machines where that is known to work. */
function softwareHint(): string {
  if (process.env['VK_ICD_FILENAMES'] || !existsSync(`${SWIFTSHADER}/vk_swiftshader_icd.json`)) return ''
  return `In software it works here with these set: VK_ICD_FILENAMES=${SWIFTSHADER}/vk_swiftshader_icd.json LD_LIBRARY_PATH=${SWIFTSHADER}`
}
