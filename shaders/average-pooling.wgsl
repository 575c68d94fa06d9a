// Average pooling: the mean of every window. One invocation does four channels of a window.

@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= BLOCKS) { return; }
  let w = window_of(i);
  var sum = vec4f();
  for (var y = 0u; y < SIZE; y++) {
    for (var x = 0u; x < SIZE; x++) { sum += values_at(w, y, x); }
  }
  outputs[i] = select(vec4f(0), sum / f32(SIZE * SIZE), w.inside);
}
