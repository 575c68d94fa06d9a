// The interface of kernels: a WGSL compute shader with constants and bindings, and the plain TypeScript loops that define it.

/** Element type of a buffer; both are four bytes wide. */
export type Dtype = 'f32' | 'u32'

/**
 * How a kernel uses a buffer, and the buffer's element type. `uniform` is read too, does not count as a storage buffer, of which a device
 * may take no more than eight a kernel, and has 64 KB at most.
 */
export type Binding = `${'read' | 'write' | 'read-write' | 'uniform'} ${Dtype}`

/** Whether a kernel only reads a buffer. */
export const onlyRead = (binding: Binding): boolean => binding.startsWith('read ') || isUniform(binding)

export const isUniform = (binding: Binding): boolean => binding.startsWith('uniform ')

/** Float storage of the reference: float32 as on every device, or float64 for finite differences. */
export type Floats = Float32Array | Float64Array

/** So many zeros in an array like another. */
export function floatsLike(array: Floats, count: number): Floats {
  return array instanceof Float64Array ? new Float64Array(count) : new Float32Array(count)
}

/** The array behind a binding in the reference. */
type ArrayOf<B extends Binding> = B extends `${string} u32` ? Uint32Array : Floats

/** Number of workgroups in x, y and z. */
export type Workgroups = readonly [number, number?, number?]

/** Values of a kernel's constants by name. */
export type Constants<C extends string = string> = Readonly<Record<C, number>>

/** Text of a file of shaders/, by its name without the ending, for example `lib/random`. */
type ShaderText = (file: string) => string

/** The text of shader files one after the other. Kernels name them only: the text is for those who compile or show it. */
export const shader =
  (...files: readonly string[]) =>
  (text: ShaderText): string =>
    files.map(text).join('')

/** One WGSL program of a kernel. All variants of a kernel have the same bindings and the same meaning. */
export interface Variant<C extends string = string> {
  /** WGSL source, after the generated `const` lines, made of the text of shader files. */
  wgsl(text: ShaderText): string
  /** True where the source uses subgroups, which not every device has. */
  readonly subgroups?: boolean
  /** Names of the constants the variant adds for itself (tile sizes), all `u32`, chosen from the problem's constants. */
  tile?(constants: Constants<C>): Constants
  /** Number of workgroups that cover the problem. */
  workgroups(constants: Constants<C>): Workgroups
  /** Rounds of the longest loop of one invocation, nested loops multiplied. */
  rounds(constants: Constants<C>): number
  /** False where another variant does the same with less. */
  suits?(constants: Constants<C>): boolean
  /** Its second pass, if it has one. */
  readonly finish?: Finish<C>
}

/** The second pass of a variant: it runs the entry point `finish`, which takes up what `main` has put into a last binding. */
export interface Finish<C extends string = string> {
  /** Number of workgroups. */
  workgroups(constants: Constants<C>): Workgroups
  /** Floats between the passes. */
  floats(constants: Constants<C>): number
}

/** A compute kernel: the definition (`reference`) and the WGSL programs that must agree with it. */
export interface Kernel<C extends string = string, B extends Record<string, Binding> = Record<string, Binding>> {
  readonly name: string
  /** Type of each constant; a header of `const NAME: type = value;` lines is put before the source. */
  readonly constants: Readonly<Record<C, Dtype>>
  /** Bindings of group 0, in binding order. */
  readonly bindings: Readonly<B>
  /** WGSL programs by name; a kernel with only one calls it `default`. */
  readonly variants: Readonly<Record<string, Variant<C>>>
  /** Floating-point operations of a matrix product, two for each multiply-add; other kernels only move data. */
  flops?(constants: Constants<C>): number
  /** The definition: plain loops over whole buffers. */
  reference(constants: Constants<C>, buffers: { readonly [K in keyof B]: ArrayOf<B[K]> }): void
}

/** Makes a kernel. Exists to infer and check the names of constants and bindings. */
export function kernel<const C extends string, const B extends Record<string, Binding>>(
  definition: Kernel<C, B>,
): Kernel<C, B> {
  return definition
}

/** Rounds of a variant without a loop, or whose loops are of a few constant rounds. */
export const fewRounds = () => 1

/** Most workgroups along one axis that every WebGPU device takes (maxComputeWorkgroupsPerDimension). */
export const MOST_WORKGROUPS = 65_535

/** Workgroups of 64 invocations for a kernel that numbers its invocations id.x + id.y * groups.x * 64. */
export function linearWorkgroups(invocations: number): Workgroups {
  const groups = ceilDiv(invocations, 64)
  const rows = Math.max(1, ceilDiv(groups, MOST_WORKGROUPS))
  return [ceilDiv(groups, rows), rows]
}

/** Smallest multiple of four that is not below `n`: see the padding rule in plan.ts. */
export function pad4(n: number): number {
  return (n + 3) & ~3
}

/** Quotient of two whole numbers, rounded up. */
export function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b)
}
