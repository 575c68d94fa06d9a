// Types of the modules that the build makes.

declare module 'virtual:datasets' {
  /** A data file of the site. */
  export interface DataFile {
    readonly name: 'train-images' | 'train-labels' | 'test-images' | 'test-labels'
    /** Where it is in the site's folder `data/`. */
    readonly path: string
    readonly kind: 'images' | 'labels'
    /** Images or labels in it. */
    readonly count: number
    /** Bytes as gzip. */
    readonly bytes: number
    /** Bytes unpacked, IDX header included. */
    readonly rawBytes: number
    /** CRC-32 of the unpacked bytes. */
    readonly crc32: number
  }
  /** Files of the data sets that this build has, by the sets' ids. */
  export const files: Readonly<Record<string, readonly DataFile[]>>
}

/** The WebAssembly kernels for what the engine has: see src/build/kernels.ts. */
declare module 'virtual:kernels/*' {
  /** Their bytes. */
  const fetchKernels: () => Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>
  export default fetchKernels
}

/** The script of the widgets' workers: see src/build/widgets.ts. */
declare module 'virtual:widget-worker' {
  const script: string
  export default script
}

/** The network that comes with the widgets (`network`), and the mean and deviation of MNIST's pixels (`statistics`). */
declare module 'virtual:included/*' {
  /** Base64 of a safetensors file. */
  const base64: string
  export default base64
}
