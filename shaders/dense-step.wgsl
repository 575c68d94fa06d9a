// Everything of a training step of a small dense network once its batch is there, in one workgroup: forward pass, loss, gradients flowing
// back, and with lib/sgd.wgsl, lib/rmsprop.wgsl or lib/adam.wgsl the update. A small network is done in microseconds, and each dispatch
// would cost as long again: here it waits at barriers alone.
//
// Layers are numbered from 1 to DEPTH; their outputs and the gradients of those lie in `gradients`, behind the parameters' own: the outputs
// of a layer at FLOW (see Layer), their gradients BACK further on. All products are in blocks of 4 x 4 numbers, as lib/block.wgsl has them.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;

const LANES = 256u;
const R = (ROWS + 3) / 4;

// Sizes in blocks and places in vec4s.
struct Layer {
  t: u32, // inputs
  s: u32, // outputs
  columns: u32, // outputs that are no padding
  weights: u32, // in the parameters and in their gradients; the bias is right behind
  bias: u32, // 1 if there is one
  activation: u32,
  inputs_activation: u32,
  inputs_at: u32, // the outputs of the layer below; 0 where it reads `inputs`
  outputs_at: u32, // its outputs
}

fn layer_of(below: u32, units: u32, weights: u32, bias: u32, activation: u32, below_activation: u32, inputs_at: u32, outputs_at: u32) -> Layer {
  return Layer((below + 3) / 4, (units + 3) / 4, units, weights / 4, bias, activation, below_activation, inputs_at / 4, outputs_at / 4);
}

fn layer(number: u32) -> Layer {
  switch number {
    case 1u { return layer_of(INPUTS, UNITS_1, WEIGHTS_1, BIAS_1, ACTIVATION_1, 0, 0, FLOW_1); }
    case 2u { return layer_of(UNITS_1, UNITS_2, WEIGHTS_2, BIAS_2, ACTIVATION_2, ACTIVATION_1, FLOW_1, FLOW_2); }
    case 3u { return layer_of(UNITS_2, UNITS_3, WEIGHTS_3, BIAS_3, ACTIVATION_3, ACTIVATION_2, FLOW_2, FLOW_3); }
    default { return layer_of(UNITS_3, UNITS_4, WEIGHTS_4, BIAS_4, ACTIVATION_4, ACTIVATION_3, FLOW_3, FLOW_4); }
  }
}

const FORWARD = 0u; // outputs[R, s] = inputs[R, t] . W[t, s]
const BACKWARD = 1u; // gradient of inputs[R, t] = gradient of outputs[R, s] . W^T[s, t]
const UPDATE = 2u; // gradient of W[t + 1, s] = inputs^T[t + 1, R] . gradient of outputs[R, s]; the bias is one more row of inputs of one

// Blocks of a product C[x, y] = A[x, z] . B[z, y].
fn size_of(product: u32, l: Layer) -> vec3u {
  switch product {
    case FORWARD { return vec3u(R, l.s, l.t); }
    case BACKWARD { return vec3u(R, l.t, l.s); }
    default { return vec3u(l.t + 1, l.s, R); }
  }
}

fn input_at(l: Layer, at: u32) -> vec4f {
  if (l.inputs_at == 0) { return inputs[at]; }
  return gradients[l.inputs_at + at];
}

fn input_rows(l: Layer, r: u32, t: u32) -> mat4x4f {
  let at = 4 * r * l.t + t;
  return mat4x4f(input_at(l, at), input_at(l, at + l.t), input_at(l, at + 2 * l.t), input_at(l, at + 3 * l.t));
}

// Of the gradient of a layer's outputs.
fn gradient_rows(l: Layer, r: u32, s: u32) -> mat4x4f {
  let at = l.outputs_at + BACK / 4 + 4 * r * l.s + s;
  return mat4x4f(gradients[at], gradients[at + l.s], gradients[at + 2 * l.s], gradients[at + 3 * l.s]);
}

fn weight_rows(l: Layer, t: u32, s: u32) -> mat4x4f {
  let at = l.weights + 4 * t * l.s + s;
  return mat4x4f(parameters[at], parameters[at + l.s], parameters[at + 2 * l.s], parameters[at + 3 * l.s]);
}

fn load_a(product: u32, l: Layer, x: u32, z: u32) -> mat4x4f {
  switch product {
    case FORWARD { return input_rows(l, x, z); }
    case BACKWARD { return gradient_rows(l, x, z); }
    default {
      let a = transpose(input_rows(l, z, min(x, l.t - 1)));
      // Of the block of the bias only the first row is kept.
      return mat4x4f(select(a[0], vec4f(f32(l.bias)), x == l.t), a[1], a[2], a[3]);
    }
  }
}

fn load_b(product: u32, l: Layer, z: u32, y: u32) -> mat4x4f {
  switch product {
    case FORWARD { return weight_rows(l, z, y); }
    case BACKWARD { return transpose(weight_rows(l, y, z)); }
    default { return gradient_rows(l, z, y); }
  }
}

fn store_row(product: u32, l: Layer, x: u32, y: u32, values: vec4f) {
  switch product {
    case FORWARD {
      if (x >= ROWS) { return; }
      let made = activate_by(l.activation, values + parameters[l.weights + 4 * l.t * l.s + y]);
      let inside = vec4u(4 * y) + vec4u(0, 1, 2, 3) < vec4u(l.columns);
      gradients[l.outputs_at + x * l.s + y] = select(vec4f(0), made, inside);
    }
    case BACKWARD {
      if (x >= ROWS) { return; }
      let at = l.inputs_at + x * l.t + y;
      gradients[at + BACK / 4] = values * derivative_by(l.inputs_activation, gradients[at]);
    }
    default {
      if (x > 4 * l.t) { return; }
      let at = l.weights + x * l.s + y;
      gradients[at] = values;
      update(at, values, vec4f(select(DECAY, 0, x == 4 * l.t)));
    }
  }
}

var<workgroup> parts: array<mat4x4f, LANES / 2>;

// A product and what becomes of it. Where it has fewer blocks than there are invocations, several share out the inner dimension of each.
fn multiply_all(product: u32, l: Layer, index: u32) {
  let size = size_of(product, l);
  let blocks = size.x * size.y;
  let share = 1u << firstLeadingBit(max(1, min(LANES / blocks, size.z)));
  let together = LANES / share;
  let part = index / together;
  for (var first = 0u; first < blocks; first += together) {
    let block = first + index % together;
    let x = block / size.y;
    let y = block % size.y;
    var sum = mat4x4f();
    if (block < blocks) {
      for (var z = part; z < size.z; z += share) { sum = multiply(sum, load_a(product, l, x, z), load_b(product, l, z, y)); }
    }
    for (var half = share / 2; half > 0; half /= 2) {
      if (part >= half && part < 2 * half) { parts[index - half * together] = sum; }
      workgroupBarrier();
      if (part < half) { sum += parts[index]; }
      workgroupBarrier();
    }
    if (part == 0 && block < blocks) {
      store_row(product, l, 4 * x, y, sum[0]);
      store_row(product, l, 4 * x + 1, y, sum[1]);
      store_row(product, l, 4 * x + 2, y, sum[2]);
      store_row(product, l, 4 * x + 3, y, sum[3]);
    }
  }
  storageBarrier();
}

// Of the last layer.
const CLASSES = array(UNITS_1, UNITS_2, UNITS_3, UNITS_4)[DEPTH - 1];
const ACTIVATION = array(ACTIVATION_1, ACTIVATION_2, ACTIVATION_3, ACTIVATION_4)[DEPTH - 1];
const OUTPUTS = array(FLOW_1, FLOW_2, FLOW_3, FLOW_4)[DEPTH - 1] / 4;

fn output_at(at: u32) -> f32 {
  return gradients[OUTPUTS + at / 4][at % 4];
}

fn keep_gradient(at: u32, value: f32) {
  gradients[OUTPUTS + BACK / 4 + at / 4][at % 4] = value;
}

var<workgroup> scores: array<vec2f, LANES>;

// The losses and hits of all rows in scores[0], and the gradients of the outputs.
fn lose(index: u32) {
  var sum = vec2f();
  for (var row = index; row < ROWS; row += LANES) {
    let at = row * ((CLASSES + 3) / 4 * 4);
    if (LOSS == 0) { sum += cross_entropy(row, at); }
    if (LOSS == 1) { sum += quadratic(row, at); }
  }
  scores[index] = sum;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (index < half) { scores[index] += scores[index + half]; }
  }
  storageBarrier();
}

fn step_number() -> u32 {
  return state[0];
}

fn learning_rate() -> f32 {
  let slot = state[0] % SLOTS;
  return rates[slot / 4][slot % 4];
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) index: u32) {
  for (var l = 1u; l <= DEPTH; l++) { multiply_all(FORWARD, layer(l), index); }
  lose(index);
  for (var l = DEPTH; l > 0; l--) {
    if (l > 1) { multiply_all(BACKWARD, layer(l), index); }
    multiply_all(UPDATE, layer(l), index);
  }
  if (index == 0) {
    history[state[0] % SLOTS] = scores[0];
    state[0] += 1;
  }
}
