// Sums over each chunk of rows, for every channel: of gradient * normalised input, and of gradient. A workgroup does four channels of a
// chunk: its invocations share out the rows and add up what they have, always in the same order.

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
  let block = group.x;
  let chunk = group.y;
  let mean = statistics[block];
  let scale = statistics[BLOCKS + block];
  let first = min(chunk * EACH, ROWS);
  let last = min(first + EACH, ROWS);
  var own = Sums();
  for (var row = first + index; row < last; row += PARTS) {
    let g = gradient[row * BLOCKS + block];
    own.products += g * (inputs[row * BLOCKS + block] - mean) * scale;
    own.plain += g;
  }
  parts[index] = own;
  for (var half = PARTS / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (index < half) {
      let other = parts[index + half];
      parts[index] = Sums(parts[index].products + other.products, parts[index].plain + other.plain);
    }
  }
  if (index == 0) {
    sums[2 * chunk * BLOCKS + block] = parts[0].products;
    sums[(2 * chunk + 1) * BLOCKS + block] = parts[0].plain;
  }
}
