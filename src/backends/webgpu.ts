// Finds a WebGPU device, and says why there is none.

import type { ProductVariant } from '../kernels/matmul'
import { hardwareVariants } from './candidates'
import type { Backend, DeviceInfo } from './types'

/** WebGPU cannot be used here; the message says why, as a sentence for a person. */
class WebGPUUnavailable extends Error {
  override name = 'WebGPUUnavailable'
}

/** Names of adapters on the CPU: not every browser marks them as fallback adapters. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i

/** Features to use if the adapter has them. */
const wanted: readonly string[] = ['subgroups', 'timestamp-query']

/** The kernel variants to run; a kernel with none of them runs its first. */
interface WebGPUOptions {
  /** This one. */
  readonly variant?: ProductVariant
  /** The fastest of these. */
  readonly candidates?: readonly ProductVariant[]
}

/** Asks for an adapter and a device. @throws WebGPUUnavailable */
export async function createWebGPU(options: WebGPUOptions = {}): Promise<Backend> {
  if (globalThis.isSecureContext === false) {
    throw new WebGPUUnavailable('Browsers offer WebGPU only on https pages and on localhost.')
  }
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu
  if (!gpu) throw new WebGPUUnavailable('This browser has no WebGPU.')
  let adapter: GPUAdapter | null
  let device: GPUDevice
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) throw new WebGPUUnavailable('WebGPU found no graphics adapter here.')
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits
    device = await adapter.requestDevice({
      requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
      requiredFeatures: [...adapter.features].filter((feature): feature is GPUFeatureName => wanted.includes(feature)),
    })
  } catch (error) {
    if (error instanceof WebGPUUnavailable) throw error
    throw new WebGPUUnavailable(`WebGPU gave no device: ${String(error)}.`)
  }
  // Browsers of the first years have no `info`, or mark fallback adapters on the adapter itself.
  const older = adapter as { readonly info?: Partial<GPUAdapterInfo>; readonly isFallbackAdapter?: boolean }
  const { vendor, architecture, description } = older.info ?? {}
  const isFallbackAdapter = older.info?.isFallbackAdapter ?? older.isFallbackAdapter ?? false
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter'
  const software = isFallbackAdapter || SOFTWARE.test(name)
  const info: DeviceInfo = {
    kind: 'webgpu',
    label: 'WebGPU',
    adapter: name,
    software,
    features: [...device.features].sort(),
  }
  // On a software adapter the barriers of the other variants cost 50 times the product itself, `quads` was faster in all of 17
  // shapes, and compiling the others to find out takes as long as hundreds of steps.
  const onCpu = device.features.has('subgroups') ? (['quads'] as const) : (['blocks'] as const)
  const candidates = options.candidates ?? (software ? onCpu : hardwareVariants)
  // Only now: most of its code is of no use without a device.
  const { WebGPUBackend } = await import('./webgpu-backend')
  return new WebGPUBackend(device, info, options.variant ? [options.variant] : candidates)
}
