// The end of the forward pass and the start of the backward pass in one dispatch: the last dense layer, the loss with its gradient, and
// with lib/head-one.wgsl the gradient of the layer's input, with lib/head-two.wgsl also that of the input of the dense layer below. Rows
// have nothing to do with each other until weights change, so a workgroup takes four of them (x) from end to end, or several do, each
// with a share of the last product (y):
//   outputs = activation(inputs . W + bias),   input gradient = (output gradient . W^T) f'(inputs),   and the same once more below
// Behind `output_gradient` [ROWS, OUTPUTS] lies a vec4 for each four rows: the sums of their losses and hits, 0, 0.

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> state: array<u32>; // step, seed, the step whose update is due
@group(0) @binding(4) var<storage, read_write> output_gradient: array<vec4f>;

const LANES = 64u;
const S = (OUTPUTS + 3) / 4;
const T = (INPUTS + 3) / 4;
const W = WEIGHTS / 4;
const CLASSES = OUTPUTS;
const TOGETHER = LANES / SHARE; // blocks of outputs at a time: SHARE invocations share out the inputs of each

var<workgroup> parts: array<mat4x4f, LANES>;
// Of the four rows: [4, 4 S].
var<workgroup> outputs: array<f32, 16 * S>;
var<workgroup> gradient: array<f32, 16 * S>;
var<workgroup> scores: array<vec2f, 4>;

// Four rows of W or of another matrix in `parameters`, from `at` on, `stride` apart.
fn weights(at: u32, stride: u32) -> mat4x4f {
  return mat4x4f(parameters[at], parameters[at + stride], parameters[at + 2 * stride], parameters[at + 3 * stride]);
}

fn keep_output(row: u32, s: u32, values: vec4f) {
  let activated = activate_by(ACTIVATION, values);
  let at = 4 * (row * S + s);
  outputs[at] = activated.x;
  outputs[at + 1] = activated.y;
  outputs[at + 2] = activated.z;
  outputs[at + 3] = activated.w;
}

fn forward(group: u32, index: u32) {
  let share = index % SHARE;
  for (var k = 0u; k < (S + TOGETHER - 1) / TOGETHER; k++) {
    let s = k * TOGETHER + index / SHARE;
    var sum = mat4x4f();
    if (s < S) {
      for (var k = 0u; k < (T + SHARE - 1) / SHARE; k++) {
        let t = share + k * SHARE;
        if (t < T) {
          let at = 4 * group * T + t;
          let rows = mat4x4f(inputs[at], inputs[at + T], inputs[at + 2 * T], inputs[at + 3 * T]);
          sum = multiply(sum, rows, weights(W + 4 * t * S + s, S));
        }
      }
    }
    parts[index] = sum;
    for (var half = SHARE / 2; half > 0; half /= 2) {
      workgroupBarrier();
      if (share < half) { parts[index] += parts[index + half]; }
    }
    if (share == 0 && s < S) {
      let c = parts[index];
      let bias = parameters[W + 4 * T * S + s];
      keep_output(0, s, c[0] + bias);
      keep_output(1, s, c[1] + bias);
      keep_output(2, s, c[2] + bias);
      keep_output(3, s, c[3] + bias);
    }
    workgroupBarrier();
  }
}

fn gradient_at(row: u32, s: u32) -> vec4f {
  let at = 4 * (row * S + s);
  return vec4f(gradient[at], gradient[at + 1], gradient[at + 2], gradient[at + 3]);
}

// The loss of the rows, and its gradient, which every invocation may read from its barrier on.
fn lose(group: u32, index: u32, first: bool) {
  if (index < 4 && 4 * group + index < ROWS) {
    if (LOSS == 0) { scores[index] = cross_entropy(4 * group + index, index * 4 * S); }
    if (LOSS == 1) { scores[index] = quadratic(4 * group + index, index * 4 * S); }
  }
  workgroupBarrier();
  if (!first) { return; }
  for (var k = 0u; k < (4 * S + LANES - 1) / LANES; k++) {
    let i = index + k * LANES;
    let row = i / S;
    if (row < 4 && 4 * group + row < ROWS) { output_gradient[4 * group * S + i] = gradient_at(row, i % S); }
  }
  if (index == 0) {
    const SCORES = (ROWS + 3) / 4 * 4 * S;
    output_gradient[SCORES + group] = vec4f(scores[0] + scores[1] + scores[2] + scores[3], 0, 0);
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  // Nobody else reads this number in this dispatch, nor `state[0]` in the one that counts the step.
  if (group.x == 0 && group.y == 0 && index == 0) { state[2] = state[0]; }
  forward(group.x, index);
  lose(group.x, index, group.y == 0);
  backward(group.xy, index);
}
