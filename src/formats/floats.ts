// Numbers in files: little-endian floats of four kinds, each read into 32-bit floats.

/** A kind of float, named as in safetensors. */
export type FloatType = 'F64' | 'F32' | 'F16' | 'BF16'

interface Kind {
  /** Bytes of a value. */
  readonly bytes: number
  read(view: DataView, at: number): number
}

const kinds: Readonly<Record<FloatType, Kind>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => floatOf(view.getUint16(at, true) << 16) },
}

/** The readable kinds, as a list for a person. */
export const FLOAT_TYPES = 'F64, F32, F16 and BF16'

/** Whether a name is one of the kinds. */
export const isFloatType = (name: unknown): name is FloatType => typeof name === 'string' && Object.hasOwn(kinds, name)

/** Bytes of a value. */
export const sizeOf = (type: FloatType): number => kinds[type].bytes

/** All values in `bytes`, rounded to 32 bits; a rest that is shorter than a value is dropped. */
export function readFloats(type: FloatType, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { bytes: size, read } = kinds[type]
  const values = new Float32Array(Math.floor(bytes.length / size))
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * size)
  return values
}

/** Value of the 16 bits of an IEEE 754 half: one of sign, five of exponent (bias 15), ten of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Bits of the half nearest to a 32-bit float, of two equally near the even one; infinity from 65,520 on. */
export function toHalf(value: number): number {
  const bits = bitsOf(value)
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fff_ffff
  if (magnitude > 0x7f80_0000) return 0x7e00 // NaN
  if (magnitude >= 0x477f_f000) return sign | 0x7c00 // 65,520
  if (magnitude < 0x3880_0000) return sign | roundToEven(Math.abs(value) * 2 ** 24) // below 2^-14: whole multiples of 2^-24
  // Half of the last place that stays, less one unless that place is odd: what carries over rounds up.
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
  return sign | ((rounded - 0x3800_0000) >>> 13) // the bias 127 becomes 15
}

function roundToEven(value: number): number {
  const below = Math.floor(value)
  const above = value - below
  return above > 0.5 || (above === 0.5 && below % 2 === 1) ? below + 1 : below
}

const scratch = new DataView(new ArrayBuffer(4))

function bitsOf(value: number): number {
  scratch.setFloat32(0, value)
  return scratch.getUint32(0)
}

function floatOf(bits: number): number {
  scratch.setInt32(0, bits)
  return scratch.getFloat32(0)
}
