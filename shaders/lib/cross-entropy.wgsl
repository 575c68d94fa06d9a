// Softmax and cross-entropy of a row, and their gradient (Bishop 2006, eq. 4.108-4.109), with y the target: one-hot, but for
// a share SMOOTHING that is spread over all classes (Szegedy et al. 2016, section 7):
//   p = exp(z - max z) / sum exp(z - max z),   loss = -sum y log p,   gradient = (p - y) / ROWS
// A row that is no digit (label CLASSES) has all of the target spread so, and is hit where no class has half. A row without a
// label counts for nothing. Reads the logits from `at` on, keeps their gradients there, and returns loss and hit.

fn cross_entropy(row: u32, at: u32) -> vec2f {
  let label = targets[row];
  var best = 0u;
  for (var j = 1u; j < CLASSES; j++) {
    if (output_at(at + j) > output_at(at + best)) { best = j; }
  }
  let top = output_at(at + best);
  var sum = 0.0;
  for (var j = 0u; j < CLASSES; j++) { sum += exp(output_at(at + j) - top); }

  let known = label <= CLASSES;
  let smoothing = select(SMOOTHING, 1.0, label == CLASSES);
  let scale = select(0.0, 1.0 / f32(ROWS), known);
  var loss = log(sum);
  for (var j = 0u; j < CLASSES; j++) {
    let z = output_at(at + j) - top;
    let y = smoothing / f32(CLASSES) + select(0.0, 1.0 - smoothing, j == label);
    keep_gradient(at + j, (exp(z) / sum - y) * scale);
    loss -= y * z;
  }
  // Less the entropy of the target of what is no digit, so that the best loss is zero.
  let value = select(0.0, select(loss, loss - log(f32(CLASSES)), label == CLASSES), known);
  let hit = select(0.0, 1.0, select(best == label, sum > 2, label == CLASSES)); // the largest share is 1 / sum
  return vec2f(value, hit);
}
