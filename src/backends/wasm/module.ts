// The compiled kernels: which of the builds this engine can run, and an instance of it over a memory.

import { relaxedSimd, simd } from 'wasm-feature-detect'

/** Builds of the kernels by the features that they need. */
export type Build = 'simd' | 'relaxed'

const sources = {
  simd: () => import('virtual:kernels/simd'),
  relaxed: () => import('virtual:kernels/relaxed'),
  'simd+shared': () => import('virtual:kernels/simd+shared'),
  'relaxed+shared': () => import('virtual:kernels/relaxed+shared'),
}

/** The fastest build that this engine runs; undefined without SIMD. */
export async function supportedBuild(): Promise<Build | undefined> {
  if (await relaxedSimd()) return 'relaxed'
  return (await simd()) ? 'simd' : undefined
}

/** Compiles a build, for a memory that threads share or one that they do not. */
export async function compileKernels(build: Build, shared: boolean): Promise<WebAssembly.Module> {
  const { default: fetchKernels } = await sources[shared ? (`${build}+shared` as const) : build]()
  return WebAssembly.compile(await fetchKernels())
}

/** Runs a part of a kernel: address of the call, scratch of this part, its number, and the number of parts. */
export type WasmKernel = (call: number, scratch: number, part: number, parts: number) => void

/** The module's exports: kernels, and for some the bytes of scratch of a part. */
export type WasmExports = Readonly<Record<string, WasmKernel | ((call: number) => number)>>

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WasmExports {
  const abort = () => {
    throw new Error('A WebAssembly kernel gave up.')
  }
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as WasmExports
}
