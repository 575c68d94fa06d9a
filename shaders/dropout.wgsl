// Inverted dropout (Srivastava et al. 2014, section 10): outputs = keep ? inputs * SCALE * f'(saved) : 0
// With a linear f it is the forward pass, with the activation of the layer below the backward pass. Whether an element is kept
// depends only on seed, step, STREAM and its number, so both passes and all backends agree.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step, seed
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read> saved: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= COUNT / 4) { return; }
  let key = hash(vec3u(state[1], STREAM, state[0]));
  let bits = vec4u(
    hash(vec3u(key, STREAM, 4 * i)),
    hash(vec3u(key, STREAM, 4 * i + 1)),
    hash(vec3u(key, STREAM, 4 * i + 2)),
    hash(vec3u(key, STREAM, 4 * i + 3)),
  );
  let keep = (bits >> vec4u(8)) >= vec4u(THRESHOLD);
  outputs[i] = select(vec4f(0), inputs[i] * SCALE * derivative(saved[i]), keep);
}
