// Dawn, Chromium's WebGPU, in Node: the npm package webgpu. It is no dependency, because it is a download of 51 MB that the
// page does not need.

import { existsSync } from 'node:fs'

/** The version that was tested. */
export const DAWN = 'webgpu@0.6.2'

/** Chromium's Vulkan in software, where Debian puts it. */
const SWIFTSHADER = '/usr/lib/chromium'

/** Defines WebGPU's globals as in a browser. Node does not exit while Dawn is alive. */
export function installDawn({ create, globals }: typeof import('webgpu')): void {
  Object.assign(globalThis, globals)
  // Node has a navigator from version 21 on.
  if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {} })
  Object.defineProperty(globalThis.navigator, 'gpu', { value: create([]), configurable: true })
}

/** How to get WebGPU without a graphics processor, on machines where a way is known. */
export function softwareHint(): string {
  if (process.env['VK_ICD_FILENAMES'] || !existsSync(`${SWIFTSHADER}/vk_swiftshader_icd.json`)) return ''
  return `In software it works here with these set: VK_ICD_FILENAMES=${SWIFTSHADER}/vk_swiftshader_icd.json LD_LIBRARY_PATH=${SWIFTSHADER}`
}
