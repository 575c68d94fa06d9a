// Quadratic cost of each row, and its gradient before the outputs' activation f, with y the one-hot target
// (Nielsen, Neural Networks and Deep Learning, ch. 2, eq. 26 and BP1):
//   loss = sum (a - y)^2 / 2,   gradient = (a - y) f'(a) / ROWS
// A row that is no digit (label CLASSES) has zero for all targets, and is hit where no output has half. A row without a label
// counts for nothing. One invocation does a row.

@group(0) @binding(0) var<storage, read> outputs: array<f32>;
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
  let known = label <= CLASSES;
  let scale = select(0.0, 1.0 / f32(ROWS), known);

  var best = 0u;
  var loss = 0.0;
  for (var j = 0u; j < CLASSES; j++) {
    let a = outputs[at + j];
    if (a > outputs[at + best]) { best = j; }
    let difference = a - select(0.0, 1.0, j == label);
    loss += 0.5 * difference * difference;
    gradient[at + j] = difference * derivative(vec4f(a)).x * scale;
  }
  losses[row] = select(0.0, loss, known);
  hits[row] = select(0.0, 1.0, select(best == label, outputs[at + best] < 0.5, label == CLASSES));
}
