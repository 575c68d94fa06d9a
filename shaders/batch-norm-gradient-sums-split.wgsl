// Sums over each chunk of rows, for every channel: of gradient * normalised input, and of gradient. A workgroup does TOGETHER
// blocks of four channels of a chunk, side by side in memory: its invocations share out the rows and add up what they have, always in the
// same order.

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>; // mean, 1 / sqrt(variance + epsilon)
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;
const EACH = (ROWS + CHUNKS - 1) / CHUNKS;
const PARTS = 64u;

struct Sums { products: vec4f, plain: vec4f }

var<workgroup> parts: array<Sums, PARTS>;

@compute @workgroup_size(PARTS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let block = group.x * TOGETHER + index % TOGETHER;
  let chunk = group.y;
  let mean = statistics[min(block, BLOCKS - 1)];
  let scale = statistics[BLOCKS + min(block, BLOCKS - 1)];
  let first = min(chunk * EACH, ROWS);
  let last = min(first + EACH, ROWS);
  var own = Sums();
  for (var row = first + index / TOGETHER; row < last && block < BLOCKS; row += PARTS / TOGETHER) {
    let g = gradient[row * BLOCKS + block];
    own.products += g * (inputs[row * BLOCKS + block] - mean) * scale;
    own.plain += g;
  }
  parts[index] = own;
  for (var half = PARTS / 2; half >= TOGETHER; half /= 2) {
    workgroupBarrier();
    if (index < half) {
      let other = parts[index + half];
      parts[index] = Sums(parts[index].products + other.products, parts[index].plain + other.plain);
    }
  }
  if (index < TOGETHER && block < BLOCKS) {
    sums[2 * chunk * BLOCKS + block] = parts[index].products;
    sums[(2 * chunk + 1) * BLOCKS + block] = parts[index].plain;
  }
}
