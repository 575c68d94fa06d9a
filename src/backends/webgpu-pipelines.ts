// Turns kernels into compute pipelines: one per text of WGSL, kept as long as the device.

import type { Constants, Dtype, Kernel, Variant, Workgroups } from '../kernels/kernel'
import type { Call } from '../kernels/plan'
import { shaderText } from '../kernels/shaders'
import { KernelError } from './types'

/** A pipeline with everything that a dispatch needs. */
export interface Prepared {
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
  readonly workgroups: Workgroups
  /** Name of the variant. */
  readonly variant: string
}

export type Pipelines = ReturnType<typeof createPipelines>

/** Makes pipelines for a device, and caches them by WGSL source and bindings. */
export function createPipelines(device: GPUDevice) {
  const layouts = new Map<string, GPUBindGroupLayout>()
  const pipelines = new Map<string, Promise<GPUComputePipeline>>()

  function layoutOf(kernel: Kernel): GPUBindGroupLayout {
    const readOnly = Object.values(kernel.bindings).map((binding) => binding.startsWith('read '))
    const key = readOnly.map(Number).join('')
    let layout = layouts.get(key)
    if (!layout) {
      const entries = readOnly.map((fixed, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: fixed ? 'read-only-storage' : 'storage' } as const,
      }))
      layout = device.createBindGroupLayout({ label: key, entries })
      layouts.set(key, layout)
    }
    return layout
  }

  async function make(kernel: Kernel, code: string, constants: Constants): Promise<GPUComputePipeline> {
    device.pushErrorScope('validation')
    const module = device.createShaderModule({ label: kernel.name, code })
    void device.popErrorScope() // reported below, with its place
    const about = `The kernel ${kernel.name} with ${JSON.stringify(constants)}`
    const { messages } = await module.getCompilationInfo()
    const error = messages.find(({ type }) => type === 'error')
    if (error) {
      const line = code.split('\n')[error.lineNum - 1]?.trim() ?? ''
      throw new KernelError(`${about} does not compile: ${error.message} in line ${error.lineNum}: ${line}`)
    }
    try {
      const layout = device.createPipelineLayout({ bindGroupLayouts: [layoutOf(kernel)] })
      return await device.createComputePipelineAsync({ label: kernel.name, layout, compute: { module } })
    } catch (reason) {
      throw new KernelError(`${about} makes no pipeline: ${String(reason)}`)
    }
  }

  return {
    /** The pipeline of a call in one of its kernel's variants. @throws KernelError with the kernel, its constants and the line. */
    async get({ kernel, constants }: Call, name: string): Promise<Prepared> {
      const variant = kernel.variants[name]
      const code = specialise(kernel, variant, constants)
      const layout = layoutOf(kernel)
      const key = `${layout.label}\n${code}`
      let pipeline = pipelines.get(key)
      if (!pipeline) {
        pipeline = make(kernel, code, constants)
        pipelines.set(key, pipeline)
        pipeline.catch(() => pipelines.delete(key))
      }
      const workgroups = variant.workgroups(constants)
      const most = device.limits.maxComputeWorkgroupsPerDimension
      if (workgroups.some((count = 1) => count > most)) {
        throw new KernelError(
          `The kernel ${kernel.name} with ${JSON.stringify(constants)} needs ${workgroups.join(' x ')} workgroups, and this device takes ${most} along an axis. A smaller batch or network needs less.`,
        )
      }
      return { pipeline: await pipeline, layout, workgroups, variant: name }
    },
  }
}

/** The WGSL of a variant for given constants: a `const` line for each, then the source. */
export function specialise(kernel: Kernel, variant: Variant, constants: Constants): string {
  const literal = (type: Dtype, value: number) => (type === 'u32' ? `${value}u` : floatLiteral(value))
  const own = Object.entries(kernel.constants).map(
    ([name, type]) => `const ${name}: ${type} = ${literal(type, constants[name])};`,
  )
  const tile = Object.entries(variant.tile?.(constants) ?? {}).map(([name, value]) => `const ${name} = ${value}u;`)
  return [...(variant.subgroups ? ['enable subgroups;'] : []), ...own, ...tile, variant.wgsl(shaderText)].join('\n')
}

/** A number as a WGSL f32, rounded to float32 first so that it is in range. */
function floatLiteral(value: number): string {
  return `${Math.fround(value)}f`
}
