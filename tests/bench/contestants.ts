// Who is measured: Inkling's backends, other libraries in the same browser, and Python outside of it.

import type { Library } from './page/task'

/** A row of the tables. */
export type Contestant = {
  /** As options name it. */
  readonly name: string
  readonly title: string
} & (
  | { readonly kind: 'inkling' | 'peer'; readonly library: Library; readonly backend: string }
  | { readonly kind: 'python'; readonly library: 'numpy' | 'torch' }
)

export type BrowserContestant = Extract<Contestant, { readonly backend: string }>
export type PythonContestant = Extract<Contestant, { readonly kind: 'python' }>

export const contestants: readonly Contestant[] = [
  { name: 'webgpu', title: 'Inkling, WebGPU', kind: 'inkling', library: 'inkling', backend: 'webgpu' },
  { name: 'wasm', title: 'Inkling, WebAssembly', kind: 'inkling', library: 'inkling', backend: 'wasm' },
  { name: 'reference', title: 'Inkling, plain TypeScript', kind: 'inkling', library: 'inkling', backend: 'reference' },
  { name: 'tfjs-webgpu', title: 'TensorFlow.js, WebGPU', kind: 'peer', library: 'tfjs', backend: 'webgpu' },
  { name: 'tfjs-wasm', title: 'TensorFlow.js, WebAssembly', kind: 'peer', library: 'tfjs', backend: 'wasm' },
  { name: 'tfjs-cpu', title: 'TensorFlow.js, JavaScript', kind: 'peer', library: 'tfjs', backend: 'cpu' },
  { name: 'jax-webgpu', title: 'jax-js, WebGPU', kind: 'peer', library: 'jax', backend: 'webgpu' },
  { name: 'jax-wasm', title: 'jax-js, WebAssembly', kind: 'peer', library: 'jax', backend: 'wasm' },
  { name: 'numpy', title: 'NumPy', kind: 'python', library: 'numpy' },
  { name: 'torch', title: 'PyTorch, CPU', kind: 'python', library: 'torch' },
]

/** Names of Inkling's backends, and of all others. */
export const backendNames = contestants.filter(({ kind }) => kind === 'inkling').map(({ name }) => name)
export const peerNames = contestants.filter(({ kind }) => kind !== 'inkling').map(({ name }) => name)
