// Softmax and cross-entropy of each row, and their gradient (Bishop 2006, eq. 4.108-4.109), with y the target: one-hot, but for
// a share SMOOTHING that is spread over all classes (Szegedy et al. 2016, section 7):
//   p = exp(z - max z) / sum exp(z - max z),   loss = -sum y log p,   gradient = (p - y) / ROWS
// A row that is no digit (label CLASSES) has all of the target spread so, and is hit where no class has half. A row without a
// label counts for nothing. One invocation does a row.

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> hits: array<f32>;

const STRIDE = (CLASSES + 3) / 4 * 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= ROWS) { return; }
  let at = row * STRIDE;
  let label = targets[row];

  var best = 0u;
  for (var j = 1u; j < CLASSES; j++) {
    if (logits[at + j] > logits[at + best]) { best = j; }
  }
  let top = logits[at + best];
  var sum = 0.0;
  for (var j = 0u; j < CLASSES; j++) { sum += exp(logits[at + j] - top); }

  let known = label <= CLASSES;
  let smoothing = select(SMOOTHING, 1.0, label == CLASSES);
  let scale = select(0.0, 1.0 / f32(ROWS), known);
  var loss = log(sum);
  for (var j = 0u; j < CLASSES; j++) {
    let z = logits[at + j] - top;
    let y = smoothing / f32(CLASSES) + select(0.0, 1.0 - smoothing, j == label);
    gradient[at + j] = (exp(z) / sum - y) * scale;
    loss -= y * z;
  }
  // Less the entropy of the target of what is no digit, so that the best loss is zero.
  losses[row] = select(0.0, select(loss, loss - log(f32(CLASSES)), label == CLASSES), known);
  hits[row] = select(0.0, 1.0, select(best == label, sum > 2, label == CLASSES)); // the largest share is 1 / sum
}
