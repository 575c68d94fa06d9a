// Randomness as a function of its arguments, equal on every backend: src/kernels/random.ts tells the sources.

fn hash(key: vec3u) -> u32 {
  var v = key * 1664525u + 1013904223u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3u(16);
  return v.x + v.y * v.z;
}

// Place `position` of the shuffled order of 0 ... count-1 in an epoch: a Feistel network of 2 * half_bits bits, with cycle walking.
fn shuffled(position: u32, count: u32, half_bits: u32, seed: u32, epoch: u32) -> u32 {
  let mask = (1u << half_bits) - 1;
  var value = position;
  loop {
    var left = value >> half_bits;
    var right = value & mask;
    for (var round = 0u; round < 4; round++) {
      let next = left ^ (hash(vec3u(seed, epoch * 4 + round, right)) & mask);
      left = right;
      right = next;
    }
    value = (left << half_bits) | right;
    if (value < count) { break; }
  }
  return value;
}
