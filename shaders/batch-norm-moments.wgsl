// Mean and sum of squared deviations of every channel, over each chunk of rows. One invocation does four channels of a chunk,
// in two passes, because the difference of a mean square and a squared mean loses its digits.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> moments: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;
const EACH = (ROWS + CHUNKS - 1) / CHUNKS;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= CHUNKS * BLOCKS) { return; }
  let chunk = i / BLOCKS;
  let block = i % BLOCKS;
  let first = min(chunk * EACH, ROWS);
  let last = min(first + EACH, ROWS);
  var sum = vec4f();
  for (var row = first; row < last; row++) { sum += inputs[row * BLOCKS + block]; }
  let mean = sum / f32(max(last - first, 1));
  var squares = vec4f();
  for (var row = first; row < last; row++) {
    let apart = inputs[row * BLOCKS + block] - mean;
    squares += apart * apart;
  }
  moments[2 * chunk * BLOCKS + block] = mean;
  moments[(2 * chunk + 1) * BLOCKS + block] = squares;
}
