// Gathers a batch to train on, as src/kernels/gather-augmented.ts defines it.

import { pad4, share } from './lanes'
import { hash, shuffled } from './random'
import { CELL, frame, frameBytes, HEAD, Warp, warpImage } from './warp'

const STREAM: u32 = 3 << 28

@unmanaged
class GatherAugmented {
  ROWS: u32
  WIDTH: i32
  HEIGHT: i32
  CHANNELS: i32
  FIRST: u32
  COUNT: u32
  HALF_BITS: u32
  STANDARDISED: u32
  SYNTHETIC: u32
  SHARE: u32
  FLIP: u32
  TURN: f32
  SCALE: f32
  SHEAR: f32
  SHIFT: f32
  ELASTIC: f32
  state: usize
  images: usize
  labels: usize
  syntheticImages: usize
  syntheticLabels: usize
  statistics: usize
  inputs: usize
  targets: usize
}

/** Nodes of the elastic field along a side. */
@inline
function along(side: i32): i32 {
  return (side - 1) / CELL + 2
}

/** Floats of an example. */
@inline
function floatsOf(call: GatherAugmented): i32 {
  const pixels = call.WIDTH * call.HEIGHT
  return call.CHANNELS == 1 ? pad4(pixels) : pixels << 2
}

/** Bytes of the elastic field: two offsets a node, one array after the other; and of a line of it. */
@inline
function fieldBytes(call: GatherAugmented): usize {
  return <usize>(along(call.WIDTH) * along(call.HEIGHT)) << 3
}
@inline
function lineBytes(call: GatherAugmented): usize {
  return <usize>along(call.WIDTH) << 3
}

/** A warp, the elastic field and a line of it, and a framed image. */
export function gatherAugmentedScratch(call: GatherAugmented): usize {
  return HEAD + fieldBytes(call) + lineBytes(call) + frameBytes(call.WIDTH, call.HEIGHT, call.CHANNELS)
}

/** Random bits of a row whose random numbers start from `first`. */
@inline
function bits(call: GatherAugmented, first: u32, k: u32): u32 {
  return hash(load<u32>(call.state, 4), STREAM + load<u32>(call.state), first + k)
}

/** A random number from -1 to 1. */
@inline
function draw(call: GatherAugmented, first: u32, k: u32): f32 {
  return <f32>(bits(call, first, k) >> 8) * (1.0 / 8388608.0) - 1
}

export function gatherAugmented(call: GatherAugmented, scratch: usize, part: i32, parts: i32): void {
  const end = <u32>share(call.ROWS, part + 1, parts)
  const floats = floatsOf(call)
  const bytes = <u32>(floats + 15) & ~15
  const nodes = along(call.WIDTH) * along(call.HEIGHT)
  // The smallest power of two that holds them.
  const draws = <u32>1 << (32 - clz(8 + 2 * nodes - 1))
  memory.fill(scratch, 0, gatherAugmentedScratch(call))
  const warp = changetype<Warp>(scratch)
  warp.width = call.WIDTH
  warp.height = call.HEIGHT
  warp.channels = call.CHANNELS
  warp.elastic = call.ELASTIC
  warp.nodes = along(call.WIDTH)
  warp.fieldX = scratch + HEAD
  warp.fieldY = warp.fieldX + (<usize>nodes << 2)
  warp.line = warp.fieldX + fieldBytes(call)
  warp.framed = warp.line + lineBytes(call)
  for (let row = <u32>share(call.ROWS, part, parts); row < end; row++) {
    const first = row * draws
    const choice = bits(call, first, 0)
    const synthetic = choice >> 8 < call.SHARE
    warp.flipped = (choice & 0xff) < call.FLIP
    let example: u32
    if (synthetic) {
      example = bits(call, first, 1) % call.SYNTHETIC
    } else {
      const position = load<u32>(call.state) * call.ROWS + row
      const epoch = position / call.COUNT
      example = call.FIRST + shuffled(position % call.COUNT, call.COUNT, call.HALF_BITS, load<u32>(call.state, 4), epoch)
    }
    frame(warp, (synthetic ? call.syntheticImages : call.images) + example * bytes)
    if (call.ELASTIC > 0) {
      const right = warp.flipped ? -call.ELASTIC : call.ELASTIC
      for (let i = 0; i < nodes; i++) {
        store<f32>(warp.fieldX + (<usize>i << 2), right * draw(call, first, 8 + 2 * i))
        store<f32>(warp.fieldY + (<usize>i << 2), call.ELASTIC * draw(call, first, 9 + 2 * i))
      }
    }
    const t = call.TURN * draw(call, first, 2)
    const inverse = <f32>1 / (t * t + <f32>1)
    warp.cosine = (<f32>1 - t * t) * inverse
    warp.sine = <f32>2 * t * inverse
    warp.scaleX = call.SCALE * draw(call, first, 3) + <f32>1
    warp.scaleY = call.SCALE * draw(call, first, 4) + <f32>1
    warp.shear = call.SHEAR * draw(call, first, 5)
    warp.right = call.SHIFT * draw(call, first, 6)
    warp.down = call.SHIFT * draw(call, first, 7)
    const to = call.inputs + ((row * <u32>floats) << 2)
    memory.fill(to, 0, <usize>floats << 2)
    warpImage(warp, to)
    if (call.STANDARDISED) standardise(to, call.statistics, <usize>floats << 2)
    store<u32>(call.targets + (row << 2), <u32>load<u8>((synthetic ? call.syntheticLabels : call.labels) + example))
  }
}

/** Takes the mean of each value from a row of `size` bytes, and scales it. */
function standardise(row: usize, statistics: usize, size: usize): void {
  for (let at: usize = 0; at < size; at += 16) {
    const centred = f32x4.sub(v128.load(row + at), v128.load(statistics + at))
    v128.store(row + at, f32x4.mul(centred, v128.load(statistics + size + at)))
  }
}
