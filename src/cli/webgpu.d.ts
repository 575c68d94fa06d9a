// The npm package webgpu (Dawn for Node), as far as it is used; it is no dependency, so its own types may be missing.

declare module 'webgpu' {
  /** Makes what a browser has as `navigator.gpu`; Node does not end while it is alive. */
  export function create(options: readonly string[]): object
  /** Classes and enumerations that a browser has as globals. */
  export const globals: object
}
