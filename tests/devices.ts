// Every way in which a plan can run beside the reference, each named, so that none is left to a choice.

import type { Backend } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import { createWebGPU } from '../src/backends/webgpu'
import { every } from './every'

/** Opens a device; fails where the browser does not have it. */
export const devices = {
  'WebGPU, tiles': () => createWebGPU({ variant: 'tiles' }),
  'WebGPU, large': () => createWebGPU({ variant: 'large' }),
  'WebGPU, split': () => createWebGPU({ variant: 'split' }),
  'WebGPU, slices': () => createWebGPU({ variant: 'slices' }),
  'WebGPU, quads': () => createWebGPU({ variant: 'quads' }),
  'WebGPU, blocks': () => createWebGPU({ variant: 'blocks' }),
  'WebAssembly, SIMD': () => createWasm({ build: 'simd', threads: 1 }),
  'WebAssembly, relaxed SIMD': () => createWasm({ build: 'relaxed', threads: 1 }),
  // Every call is shared, however small.
  'WebAssembly, three threads': () => createWasm({ build: 'relaxed', threads: 3, sharedWork: 0 }),
} satisfies Record<string, () => Promise<Backend>>

export type DeviceName = keyof typeof devices
export const deviceNames = Object.keys(devices) as DeviceName[]

const adapter = await (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu?.requestAdapter()

/** Whether the tests run on SwiftShader, where a barrier is dear. */
export const onSwiftShader = adapter?.info.architecture === 'swiftshader'

/** Whether the products of a device have barriers. */
export const hasBarriers = (name: DeviceName): boolean => /tiles|large|split|slices/.test(name)

/**
 * The devices that take whole training steps: all but `large`, which is `tiles` with one constant changed, and on SwiftShader those with
 * barriers, where they take minutes; `npm run test:wgpu` runs those, and those alone where it is asked for a tenth.
 */
export const steppingDevices = deviceNames.filter((name) =>
  onSwiftShader ? !hasBarriers(name) : !/large/.test(name) && (every === 1 || hasBarriers(name)),
)
