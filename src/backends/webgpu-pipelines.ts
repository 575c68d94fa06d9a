// Turns kernels into compute pipelines: one per text of WGSL, kept as long as the device.

import {
  type Binding,
  type Constants,
  type Dtype,
  isUniform,
  type Kernel,
  onlyRead,
  type Variant,
  type Workgroups,
} from '../kernels/kernel'
import type { Call } from '../kernels/plan'
import { shaderText } from '../kernels/shaders'
import { KernelError } from './types'

/** A pipeline, and how many workgroups of it run. */
export interface DispatchPass {
  readonly pipeline: GPUComputePipeline
  readonly workgroups: Workgroups
}

/** Everything that a dispatch needs but its buffers. */
export interface Prepared {
  /** One, or two for a variant that has a second (see `Finish`). */
  readonly passes: readonly DispatchPass[]
  readonly layout: GPUBindGroupLayout
  /** Floats between two passes, in a buffer behind those of the kernel; 0 for one. */
  readonly between: number
  /** Name of the variant. */
  readonly variant: string
}

export type Pipelines = ReturnType<typeof createPipelines>

/** Makes pipelines for a device, and caches them by WGSL source and bindings. */
export function createPipelines(device: GPUDevice) {
  const layouts = new Map<string, GPUBindGroupLayout>()
  const pipelines = new Map<string, Promise<readonly GPUComputePipeline[]>>()

  function layoutOf({ bindings }: Kernel, { finish }: Variant): GPUBindGroupLayout {
    const types = Object.values(bindings).map(typeOf)
    if (finish) types.push('storage')
    const key = types.join(' ')
    let layout = layouts.get(key)
    if (!layout) {
      const entries = types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }))
      layout = device.createBindGroupLayout({ label: key, entries })
      layouts.set(key, layout)
    }
    return layout
  }

  async function make(
    kernel: Kernel,
    variant: Variant,
    code: string,
    constants: Constants,
  ): Promise<readonly GPUComputePipeline[]> {
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
      const layout = device.createPipelineLayout({ bindGroupLayouts: [layoutOf(kernel, variant)] })
      return await Promise.all(
        (variant.finish ? ['main', 'finish'] : ['main']).map((entryPoint) =>
          device.createComputePipelineAsync({ label: kernel.name, layout, compute: { module, entryPoint } }),
        ),
      )
    } catch (reason) {
      throw new KernelError(`${about} makes no pipeline: ${String(reason)}`)
    }
  }

  return {
    /** The pipeline of a call in one of its kernel's variants. @throws KernelError with the kernel, its constants and the line. */
    async get({ kernel, constants }: Call, name: string): Promise<Prepared> {
      const variant = kernel.variants[name]
      const code = specialise(kernel, variant, constants)
      const layout = layoutOf(kernel, variant)
      const key = `${layout.label}\n${code}`
      let made = pipelines.get(key)
      if (!made) {
        made = make(kernel, variant, code, constants)
        pipelines.set(key, made)
        made.catch(() => pipelines.delete(key))
      }
      const most = device.limits.maxComputeWorkgroupsPerDimension
      const workgroups = [variant, variant.finish].flatMap((pass) => (pass ? [pass.workgroups(constants)] : []))
      const tooMany = workgroups.find((axes) => axes.some((count = 1) => count > most))
      if (tooMany) {
        throw new KernelError(
          `The kernel ${kernel.name} with ${JSON.stringify(constants)} needs ${tooMany.join(' x ')} workgroups, and this device takes ${most} along an axis. A smaller batch or network needs less.`,
        )
      }
      const passes = (await made).map((pipeline, i) => ({ pipeline, workgroups: workgroups[i] }))
      return { passes, layout, between: variant.finish?.floats(constants) ?? 0, variant: name }
    },
  }
}

function typeOf(binding: Binding): GPUBufferBindingType {
  if (isUniform(binding)) return 'uniform'
  return onlyRead(binding) ? 'read-only-storage' : 'storage'
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
