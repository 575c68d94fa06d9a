// The two losses, as src/kernels/losses.ts defines them.

import { derivative } from './activation'
import { below, exp, flush, pad4, share } from './lanes'

/** Place of the largest of `count` values, the first of equals. */
function argmax(values: usize, count: i32): i32 {
  let best = 0
  let top = load<f32>(values)
  for (let j = 1; j < count; j++) {
    const value = load<f32>(values + (<usize>j << 2))
    if (value > top) {
      top = value
      best = j
    }
  }
  return best
}

@inline
function sumOf(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  )
}

@unmanaged
class SoftmaxCrossEntropy {
  ROWS: i32
  CLASSES: i32
  SMOOTHING: f32
  outputs: usize
  targets: usize
  gradient: usize
  losses: usize
  hits: usize
}

export function softmaxCrossEntropy(call: SoftmaxCrossEntropy, scratch: usize, part: i32, parts: i32): void {
  const classes = call.CLASSES
  const stride = pad4(classes)
  const end = share(call.ROWS, part + 1, parts)
  const rows = f32x4.splat(<f32>call.ROWS)
  for (let row = share(call.ROWS, part, parts); row < end; row++) {
    const from = call.outputs + (<usize>(row * stride) << 2)
    const to = call.gradient + (<usize>(row * stride) << 2)
    const label = load<u32>(call.targets + (<usize>row << 2))
    const known = label <= <u32>classes
    const smoothing: f32 = label == <u32>classes ? 1 : call.SMOOTHING
    const spread = smoothing / <f32>classes
    const best = argmax(from, classes)
    const top = load<f32>(from + (<usize>best << 2))
    let sums = f32x4.splat(0)
    let distances = f32x4.splat(0)
    for (let j = 0; j < stride; j += 4) {
      const distance = f32x4.sub(v128.load(from + (<usize>j << 2)), f32x4.splat(top))
      const inside = below(j, classes)
      const power = v128.and(exp(distance), inside)
      v128.store(to + (<usize>j << 2), power)
      sums = f32x4.add(sums, power)
      distances = f32x4.add(distances, v128.and(distance, inside))
    }
    const sum = sumOf(sums)
    const factor = f32x4.splat(1 / sum)
    for (let j = 0; j < stride; j += 4) {
      const at = to + (<usize>j << 2)
      const isLabel = i32x4.eq(i32x4.add(i32x4.splat(j), i32x4(0, 1, 2, 3)), i32x4.splat(label))
      const hot = v128.and(isLabel, f32x4.splat(1 - smoothing))
      const target = v128.and(f32x4.add(hot, f32x4.splat(spread)), below(j, classes))
      const gradient = flush(f32x4.div(f32x4.sub(f32x4.mul(v128.load(at), factor), target), rows))
      v128.store(at, known ? gradient : f32x4.splat(0))
    }
    let loss: f32 = 0
    if (known) {
      loss = Mathf.log(sum) - spread * sumOf(distances)
      if (label == <u32>classes) loss -= Mathf.log(<f32>classes)
      else loss -= (1 - smoothing) * (load<f32>(from + (<usize>label << 2)) - top)
    }
    store<f32>(call.losses + (<usize>row << 2), loss)
    const hit = label == <u32>classes ? sum > 2 : <u32>best == label
    store<f32>(call.hits + (<usize>row << 2), hit ? 1 : 0)
  }
}

@unmanaged
class Quadratic {
  ROWS: i32
  CLASSES: i32
  ACTIVATION: i32
  outputs: usize
  targets: usize
  gradient: usize
  losses: usize
  hits: usize
}

export function quadratic(call: Quadratic, scratch: usize, part: i32, parts: i32): void {
  const stride = pad4(call.CLASSES)
  const end = share(call.ROWS, part + 1, parts)
  const rows = f32x4.splat(<f32>call.ROWS)
  for (let row = share(call.ROWS, part, parts); row < end; row++) {
    const from = call.outputs + (<usize>(row * stride) << 2)
    const to = call.gradient + (<usize>(row * stride) << 2)
    const label = load<u32>(call.targets + (<usize>row << 2))
    const known = label <= <u32>call.CLASSES
    let squares = f32x4.splat(0)
    for (let j = 0; j < stride; j += 4) {
      const a = v128.load(from + (<usize>j << 2))
      const isLabel = i32x4.eq(i32x4.add(i32x4.splat(j), i32x4(0, 1, 2, 3)), i32x4.splat(label))
      const difference = v128.and(f32x4.sub(a, v128.and(isLabel, f32x4.splat(1))), below(j, call.CLASSES))
      squares = f32x4.add(squares, f32x4.mul(difference, difference))
      const gradient = flush(f32x4.div(f32x4.mul(difference, derivative(call.ACTIVATION, a)), rows))
      v128.store(to + (<usize>j << 2), known ? gradient : f32x4.splat(0))
    }
    store<f32>(call.losses + (<usize>row << 2), known ? 0.5 * sumOf(squares) : 0)
    const best = argmax(from, call.CLASSES)
    const hit = label == <u32>call.CLASSES ? load<f32>(from + (<usize>best << 2)) < 0.5 : <u32>best == label
    store<f32>(call.hits + (<usize>row << 2), hit ? 1 : 0)
  }
}
