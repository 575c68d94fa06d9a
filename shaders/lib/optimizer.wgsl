// What all optimizers read: the rate of this step, and four numbers of the whole network's gradient, clipped.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step from 0, seed
@group(0) @binding(1) var<storage, read> rates: array<f32>; // of the last SLOTS steps and those ahead, a ring
@group(0) @binding(2) var<storage, read> clip: array<f32>; // factor of all gradients
@group(0) @binding(3) var<storage, read> decay: array<vec4f>; // weight decay
@group(0) @binding(4) var<storage, read> gradients: array<vec4f>;

fn learning_rate() -> f32 {
  return rates[state[0] % SLOTS];
}

// Without any weight decay it is not read: an optimizer takes as long as its memory traffic.
fn decay_of(i: u32) -> vec4f {
  if (DECAYS == 0) { return vec4f(); }
  return decay[i];
}

fn clipped_gradient(i: u32) -> vec4f {
  return gradients[i] * clip[0];
}
