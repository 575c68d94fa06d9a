// An optimizer on the whole network at once: what all of them read, and an invocation for four parameters.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step from 0, seed
@group(0) @binding(1) var<storage, read> rates: array<f32>; // of the last SLOTS steps and those ahead, a ring
@group(0) @binding(2) var<storage, read> clip: array<f32>; // factor of all gradients
@group(0) @binding(3) var<storage, read> decay: array<vec4f>; // weight decay
@group(0) @binding(4) var<storage, read> gradients: array<vec4f>;

fn step_number() -> u32 {
  return state[0];
}

fn learning_rate() -> f32 {
  return rates[state[0] % SLOTS];
}

// Without any weight decay it is not read: an optimizer takes as long as its memory traffic.
fn decay_of(i: u32) -> vec4f {
  if (DECAYS == 0) { return vec4f(); }
  return decay[i];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= COUNT / 4) { return; }
  update(i, gradients[i] * clip[0], decay_of(i));
}
