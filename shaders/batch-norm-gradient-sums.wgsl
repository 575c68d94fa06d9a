// Sums over each chunk of rows, for every channel: of gradient * normalised input, and of gradient. One invocation does four
// channels of a chunk.

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>; // mean, 1 / sqrt(variance + epsilon)
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;
const EACH = (ROWS + CHUNKS - 1) / CHUNKS;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= CHUNKS * BLOCKS) { return; }
  let chunk = i / BLOCKS;
  let block = i % BLOCKS;
  let mean = statistics[block];
  let scale = statistics[BLOCKS + block];
  let first = min(chunk * EACH, ROWS);
  let last = min(first + EACH, ROWS);
  var products = vec4f();
  var plain = vec4f();
  for (var row = first; row < last; row++) {
    let g = gradient[row * BLOCKS + block];
    products += g * (inputs[row * BLOCKS + block] - mean) * scale;
    plain += g;
  }
  sums[2 * chunk * BLOCKS + block] = products;
  sums[(2 * chunk + 1) * BLOCKS + block] = plain;
}
