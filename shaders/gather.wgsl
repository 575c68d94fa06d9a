// Gathers a batch out of the data set: picks rows in shuffled or plain order (lib/order.wgsl), unpacks their bytes and scales them:
//   inputs[i][p] <- (byte / 255 - mean[p]) * scale[p],   or with STANDARDISED 0 byte / 255
// A row of bytes is rounded up to whole 16. One invocation unpacks 16 bytes.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step, seed
@group(0) @binding(1) var<storage, read> images: array<vec4u>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>; // mean[FLOATS], scale[FLOATS]
@group(0) @binding(4) var<storage, read_write> inputs: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> targets: array<u32>;

const BLOCKS = (FLOATS + 15) / 16;
const VECTORS = FLOATS / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  let row = i / BLOCKS;
  let block = i % BLOCKS;
  if (row >= ROWS) { return; }

  let place = place_of(row, state[0], state[1]);
  var bytes = images[place.example * BLOCKS + block];
  for (var j = 0u; j < 4; j++) {
    let at = block * 4 + j;
    if (at >= VECTORS) { break; }
    let pixels = vec4f((vec4u(bytes[j]) >> vec4u(0, 8, 16, 24)) & vec4u(255)) * (1.0 / 255.0);
    if (STANDARDISED == 1) {
      inputs[row * VECTORS + at] = (pixels - statistics[at]) * statistics[VECTORS + at];
    } else {
      inputs[row * VECTORS + at] = pixels;
    }
  }
  if (block == 0) {
    let label = (labels[place.example / 4] >> (place.example % 4 * 8)) & 255;
    targets[row] = select(NO_LABEL, label, place.inside);
  }
}
