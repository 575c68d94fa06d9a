// Quadratic cost of a row, and its gradient before the outputs' activation f, with y the one-hot target
// (Nielsen, Neural Networks and Deep Learning, ch. 2, eq. 26 and BP1):
//   loss = sum (a - y)^2 / 2,   gradient = (a - y) f'(a) / ROWS
// A row that is no digit (label CLASSES) has zero for all targets, and is hit where no output has half. A row without a label
// counts for nothing. Reads `outputs` at `at`, writes `gradient` there, and returns loss and hit.

fn quadratic(row: u32, at: u32) -> vec2f {
  let label = targets[row];
  let known = label <= CLASSES;
  let scale = select(0.0, 1.0 / f32(ROWS), known);

  var best = 0u;
  var loss = 0.0;
  for (var j = 0u; j < CLASSES; j++) {
    let a = output_at(at + j);
    if (a > output_at(at + best)) { best = j; }
    let difference = a - select(0.0, 1.0, j == label);
    loss += 0.5 * difference * difference;
    keep_gradient(at + j, difference * derivative_by(ACTIVATION, vec4f(a)).x * scale);
  }
  let hit = select(0.0, 1.0, select(best == label, output_at(at + best) < 0.5, label == CLASSES));
  return vec2f(select(0.0, loss, known), hit);
}
