// What a GPU can do at best, measured: multiply-adds in registers, and copying memory. What kernels are held against.

import { median } from '../statistics'
import { throughput, type Timing } from './timing'

/** Ceilings of a device. */
export interface Ceilings {
  /** Fused multiply-adds count as two; 10^9 a second. */
  readonly gigaflops: number
  /** Bytes read and written; 10^9 a second. */
  readonly gigabytes: number
}

/** Operations of an invocation: 8 chains of vec4, 64 x 4 multiply-adds each. */
const OPERATIONS = 8 * 4 * 64 * 4 * 2
const GROUPS = 4096

const multiplyAdd = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> result: array<vec4f>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let seed = vec4f(f32(id.x)) * 1e-6;
  let x = 0.999 + seed;
  let y = 0.001 + seed;
  ${chains((i) => `var a${i} = seed + ${i}.0;`)}
  for (var k = 0u; k < 64u; k++) {
    ${chains((i) => `a${i} = fma(a${i}, x, y);`).repeat(4)}
  }
  result[id.x] = ${Array.from({ length: 8 }, (_, i) => `a${i}`).join(' + ')};
}`

function chains(line: (i: number) => string): string {
  return Array.from({ length: 8 }, (_, i) => line(i)).join(' ')
}

/** Bytes of each of the two buffers of the copy: the largest binding that every device takes (128 MiB). */
const COPIED = 2 ** 27

const copy = /* wgsl */ `
@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  output[i] = input[i];
}`

/** Of the WebGPU adapter that Inkling would take. */
export async function gpuCeilings(gpu: GPU, timing: Timing): Promise<Ceilings> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) throw new Error('WebGPU found no graphics adapter here.')
  const device = await adapter.requestDevice()
  const buffer = (size: number, usage: number) => device.createBuffer({ size, usage })
  const source = buffer(COPIED, GPUBufferUsage.STORAGE)
  const target = buffer(COPIED, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC)
  const staging = buffer(16, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ)

  /** Runs a kernel so many times and reads a number back. */
  const runner = (code: string, buffers: GPUBuffer[], groups: [number, number]) => {
    const module = device.createShaderModule({ code })
    const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } })
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }))
    const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
    return async (times: number) => {
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, bindGroup)
      for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...groups)
      pass.end()
      encoder.copyBufferToBuffer(target, 0, staging, 0, 16)
      device.queue.submit([encoder.finish()])
      await staging.mapAsync(GPUMapMode.READ)
      staging.unmap()
    }
  }
  device.pushErrorScope('validation')
  const compute = runner(multiplyAdd, [target], [GROUPS, 1])
  const move = runner(copy, [source, target], [COPIED / 16 / 256 / 64, 64])
  const flops = median(await throughput(compute, timing)) * GROUPS * 64 * OPERATIONS
  const bytes = median(await throughput(move, timing)) * 2 * COPIED
  const refused = await device.popErrorScope()
  if (refused) throw new Error(refused.message)
  device.destroy()
  return { gigaflops: flops / 1e9, gigabytes: bytes / 1e9 }
}
