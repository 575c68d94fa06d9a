// Ends a step: sums the batch's losses and hits into the history, and counts the step.
//   history[step % SLOTS] = (sum of losses, sum of hits),   step <- step + 1
// A single workgroup of LANES invocations, one where the rows are few; nobody else reads or writes the step in this dispatch.

@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read> hits: array<f32>;
@group(0) @binding(2) var<storage, read_write> history: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> state: array<u32>; // step, seed

var<workgroup> partial: array<vec2f, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) index: u32) {
  var sum = vec2f();
  for (var row = index; row < ROWS; row += LANES) { sum += vec2f(losses[row], hits[row]); }
  if (LANES > 1) {
    partial[index] = sum;
    workgroupBarrier();
  }
  if (index == 0) {
    for (var i = 1u; i < LANES; i++) { sum += partial[i]; }
    let step = state[0];
    history[step % SLOTS] = sum;
    state[0] = step + 1;
  }
}
