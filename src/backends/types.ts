// What a backend is. Two lifetimes: data stores belong to the device, programs belong to the run.

import type { Dtype } from '../kernels/kernel'
import type { Buffer, Elements, Plan, RunList } from '../kernels/plan'

/** The backends there are. */
export type BackendKind = 'webgpu' | 'wasm' | 'reference'

/** What runs the network, in words and facts for the page. */
export interface DeviceInfo {
  readonly kind: BackendKind
  /** For example `WebGPU` or `CPU WebAssembly`. */
  readonly label: string
  /** What it runs on: the adapter as the browser names it, for example `nvidia ampere`, or `2 threads`; may be empty. */
  readonly adapter: string
  /** True where it runs on the CPU, as WebGPU itself may. */
  readonly software: boolean
  /** Optional features in use, for example `timestamp-query`. */
  readonly features: readonly string[]
  /** What is missing here that would make it faster, as a sentence for a person. */
  readonly notice?: string
  /** Which kernels the last program runs where there is a choice, for example `timed on this device in 0.2 s: 5 tiles, 1 split`. */
  readonly kernels?: string
}

/** Why a device went away. */
export interface DeviceLoss {
  readonly message: string
}

/** Bytes on the device that outlive runs (the data set). */
export interface DataStore {
  readonly byteLength: number
  /** Writes bytes in order of arrival; `offset` in bytes. Any offset and length are allowed. */
  write(offset: number, bytes: Uint8Array): void
}

/** How long one call of a list takes. */
export interface CallTime {
  readonly kernel: string
  readonly variant: string
  /** Typical of the replays; undefined where the device does not tell. */
  readonly seconds: number | undefined
}

/** A plan made ready on a device: pipelines, buffers, bind groups. `L`: its lists. Lives as long as one run. */
export interface Program<L extends string = RunList> {
  /** Writes elements (not bytes) from `start` on. */
  write(buffer: Buffer, data: Float32Array | Uint32Array, start?: number): void
  /** Encodes the list `times` times and submits it; does not wait for a GPU, has finished on return on a CPU. */
  run(list: L, times: number): void
  /** Copies elements back, after everything submitted so far. @throws DeviceLostError when the device is gone. */
  read<D extends Dtype>(buffer: Buffer<D>, start?: number, count?: number): Promise<Elements[D]>
  /** Resolves when everything submitted so far has finished. */
  settled(): Promise<void>
  /**
   * Times every call of a list, in order, over at least `times` replays. A GPU repeats each call by itself, so that the contents of the
   * program's buffers are of no use afterwards: profile a program made for it. What the whole list takes, `run` and `settled` tell.
   */
  profile(list: L, times: number): Promise<readonly CallTime[]>
  /** Names of the kernel variants that run the calls of a list, in order; on a CPU backend the backend's own kind. */
  variants(list: L): readonly string[]
  /** Frees every buffer the program made. */
  dispose(): void
}

/** A device that can run plans. */
export interface Backend {
  readonly info: DeviceInfo
  /** Resolves when the device is lost; never where it cannot be. */
  readonly lost: Promise<DeviceLoss>
  /** Resolves at the first error that no call was there to catch: a fault of the program; the results are not to be trusted. */
  readonly fault: Promise<Error>
  /** Makes an empty data store, replacing one of the same name. */
  store(name: string, byteLength: number): DataStore
  /** Copies bytes of a data store back. @throws DeviceLostError when the device is gone. */
  readStore(name: string, offset: number, byteLength: number): Promise<Uint8Array>
  /** Frees a data store; one that does not exist is no error. */
  drop(name: string): void
  /** Makes pipelines and buffers. @throws KernelError or DeviceMemoryError. A lost device shows at the first read. */
  prepare<L extends string>(plan: Plan<L>): Promise<Program<L>>
  /** Buffers alive on the device, to see leaks. */
  memory(): { readonly buffers: number; readonly bytes: number }
  /** Destroys the device as if it had been lost, to test the recovery; nothing where there is no device. */
  lose(): void
  /** Frees everything; `lost` does not resolve for it. */
  dispose(): void
}

/** A kernel does not compile, validate or fit the device's limits; the message tells kernel, constants and line. */
export class KernelError extends Error {
  override name = 'KernelError'
}

/** The device has too little memory for the run. */
export class DeviceMemoryError extends Error {
  override name = 'DeviceMemoryError'
}

/** The device went away while something waited for it. */
export class DeviceLostError extends Error {
  override name = 'DeviceLostError'
}
