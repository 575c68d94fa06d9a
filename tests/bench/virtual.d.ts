// Types of the module that the build of the measuring page makes.

declare module 'virtual:cpu-ceilings' {
  /** page/cpu-ceilings.as as WebAssembly in Base64, with and without relaxed SIMD. */
  export const relaxed: string
  export const simd: string
}
