// Types of the modules that the build generates.

declare module 'virtual:datasets' {
  /** A data file of the site. */
  export interface DataFile {
    readonly name: 'train-images' | 'train-labels' | 'test-images' | 'test-labels'
    /** Path in the site's folder `data/`. */
    readonly path: string
    readonly kind: 'images' | 'labels'
    /** Number of images or labels. */
    readonly count: number
    /** Size of the gzip file. */
    readonly bytes: number
    /** Size of the unpacked file with its IDX header. */
    readonly rawBytes: number
    /** CRC-32 of the unpacked bytes. */
    readonly crc32: number
  }
  /** Files of the data sets in this build, by the sets' ids. */
  export const files: Readonly<Record<string, readonly DataFile[]>>
}

/** The WebAssembly kernels for a set of features: see src/build/kernels.ts. */
declare module 'virtual:kernels/*' {
  /** Fetches the bytes. */
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
