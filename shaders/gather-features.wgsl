// Gathers a batch of feature vectors out of the data set: picks rows in shuffled or plain order (lib/order.wgsl):
//   inputs[i][f] <- (x[f] - mean[f]) * scale[f],   or with STANDARDISED 0 x[f]
// One invocation copies 4 features.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step, seed
@group(0) @binding(1) var<storage, read> features: array<vec4f>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>; // mean[FLOATS], scale[FLOATS]
@group(0) @binding(4) var<storage, read_write> inputs: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> targets: array<u32>;

const VECTORS = FLOATS / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  let row = i / VECTORS;
  let at = i % VECTORS;
  if (row >= ROWS) { return; }

  let place = place_of(row, state[0], state[1]);
  var values = features[place.example * VECTORS + at];
  if (STANDARDISED == 1) { values = (values - statistics[at]) * statistics[VECTORS + at]; }
  inputs[i] = values;
  if (at == 0) {
    let label = (labels[place.example / 4] >> (place.example % 4 * 8)) & 255;
    targets[row] = select(NO_LABEL, label, place.inside);
  }
}
