// The interface of backends. There are two lifetimes: data stores belong to the device, programs belong to the run.

import type { Dtype } from '../kernels/kernel'
import type { Buffer, Elements, Plan, RunList } from '../kernels/plan'

/** Names of the backends. */
export type BackendKind = 'webgpu' | 'wasm' | 'reference'

/** Description of the backend, in words and facts for the page. */
export interface DeviceInfo {
  readonly kind: BackendKind
  /** For example `WebGPU` or `CPU WebAssembly`. */
  readonly label: string
  /** The hardware: the adapter as the browser names it, for example `nvidia ampere`, or `2 threads`; may be empty. */
  readonly adapter: string
  /** True if it runs on the CPU, as WebGPU itself may. */
  readonly software: boolean
  /** Optional features in use, for example `timestamp-query`. */
  readonly features: readonly string[]
  /** What is missing here and would make it faster, as a sentence for a person. */
  readonly notice?: string
  /** The kernels that the last program runs, if there is a choice, for example `timed on this device in 0.2 s: 5 tiles, 1 split`. */
  readonly kernels?: string
}

/**
 * Whether steps should be fused (see model/fuse.ts): on a graphics processor. On a software adapter the barriers of a fused call cost more
 * than its dispatches save: 1.35 times the time of a step of the default preset on SwiftShader.
 */
export const wantsFused = ({ kind, software }: DeviceInfo): boolean => kind === 'webgpu' && !software

/** Why a device was lost. */
export interface DeviceLoss {
  readonly message: string
}

/** Bytes on the device that outlive runs (the data set). */
export interface DataStore {
  readonly byteLength: number
  /** Writes bytes, in the order of the calls; `offset` in bytes. Any offset and length are allowed. */
  write(offset: number, bytes: Uint8Array): void
}

/** Time of one call of a list. */
export interface CallTime {
  readonly kernel: string
  readonly variant: string
  /** Median over the replays; undefined if the device does not tell. */
  readonly seconds: number | undefined
}

/** A plan prepared for a device: pipelines, buffers, bind groups. `L`: its lists. Lives as long as one run. */
export interface Program<L extends string = RunList> {
  /** Writes elements (not bytes) from `start` on. */
  write(buffer: Buffer, data: Float32Array | Uint32Array, start?: number): void
  /** Encodes the list `times` times and submits it. A GPU works on after the return; a CPU has finished by then. */
  run(list: L, times: number): void
  /** On a CPU: the calls of a list, to run it with pauses in between. */
  calls?(list: L): readonly (() => void)[]
  /** Reads elements, after everything submitted so far. @throws DeviceLostError when the device is lost. */
  read<D extends Dtype>(buffer: Buffer<D>, start?: number, count?: number): Promise<Elements[D]>
  /** Resolves when everything submitted so far has finished. */
  settled(): Promise<void>
  /**
   * Times every call of a list, in order, over at least `times` replays. A GPU repeats each call by itself, which leaves the
   * program's buffers useless: profile a program made for it. For the time of the whole list use `run` and `settled`.
   */
  profile(list: L, times: number): Promise<readonly CallTime[]>
  /** Names of the kernel variants that run the calls of a list, in order; a CPU backend returns its own kind. */
  variants(list: L): readonly string[]
  /** Frees every buffer the program made. */
  dispose(): void
}

/** A device that can run plans. */
export interface Backend {
  readonly info: DeviceInfo
  /** Resolves when the device is lost; never on backends that cannot lose it. */
  readonly lost: Promise<DeviceLoss>
  /** Resolves at the first error that no call caught: a fault of the program, whose results cannot be trusted. */
  readonly fault: Promise<Error>
  /** Makes an empty data store, replacing one of the same name. */
  store(name: string, byteLength: number): DataStore
  /** Reads bytes of a data store. @throws DeviceLostError when the device is lost. */
  readStore(name: string, offset: number, byteLength: number): Promise<Uint8Array>
  /** Frees a data store; does nothing if there is none of that name. */
  drop(name: string): void
  /** Makes pipelines and buffers. @throws KernelError or DeviceMemoryError. A lost device shows at the first read. */
  prepare<L extends string>(plan: Plan<L>): Promise<Program<L>>
  /** Buffers alive on the device, for finding leaks. */
  memory(): { readonly buffers: number; readonly bytes: number }
  /** Destroys the device as a loss would, to test the recovery. Does nothing without a device. */
  lose(): void
  /** Frees everything, without resolving `lost`. */
  dispose(): void
}

/** A kernel does not compile, validate or fit the device's limits. The message names kernel, constants and line. */
export class KernelError extends Error {
  override name = 'KernelError'
}

/** The device has too little memory for the run. */
export class DeviceMemoryError extends Error {
  override name = 'DeviceMemoryError'
}

/** The device was lost during a wait for it. */
export class DeviceLostError extends Error {
  override name = 'DeviceLostError'
}
