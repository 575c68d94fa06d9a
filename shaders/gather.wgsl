// Gathers a batch out of the data set: picks rows in shuffled (or plain) order, unpacks their bytes and scales them:
//   inputs[i][p] <- (byte / 255 - mean[p]) * scale[p],   or with STANDARDISED 0 byte / 255
// The step counter in `state` tells which part of the order is due, so nothing is written from the CPU between steps.
// The examples are COUNT from FIRST on.
// SHUFFLE 1: the batches run on through one shuffled order after another, each of COUNT examples (an epoch).
// SHUFFLE 0: the examples in order; the last batch of a pass is filled up with rows labelled NO_LABEL, which count for nothing.
// One invocation unpacks 16 pixels.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step, seed
@group(0) @binding(1) var<storage, read> images: array<vec4u>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>; // mean[PIXELS], scale[PIXELS]
@group(0) @binding(4) var<storage, read_write> inputs: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> targets: array<u32>;

const NO_LABEL = 255u;
const WORDS = PIXELS / 16;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  let row = i / WORDS;
  let word = i % WORDS;
  if (row >= ROWS) { return; }

  var example: u32;
  var inside = true;
  if (SHUFFLE == 1u) {
    let position = state[0] * ROWS + row;
    example = FIRST + shuffled(position % COUNT, COUNT, HALF_BITS, state[1], position / COUNT);
  } else {
    let position = (state[0] % ((COUNT + ROWS - 1) / ROWS)) * ROWS + row;
    inside = position < COUNT;
    example = FIRST + select(0u, position, inside);
  }

  var bytes = images[example * WORDS + word];
  for (var j = 0u; j < 4; j++) {
    let at = word * 4 + j;
    let pixels = vec4f((vec4u(bytes[j]) >> vec4u(0, 8, 16, 24)) & vec4u(255)) * (1.0 / 255.0);
    if (STANDARDISED == 1) {
      inputs[row * (PIXELS / 4) + at] = (pixels - statistics[at]) * statistics[PIXELS / 4 + at];
    } else {
      inputs[row * (PIXELS / 4) + at] = pixels;
    }
  }
  if (word == 0) {
    let label = (labels[example / 4] >> (example % 4 * 8)) & 255;
    targets[row] = select(NO_LABEL, label, inside);
  }
}
