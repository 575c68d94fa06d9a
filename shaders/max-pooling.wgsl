// Max pooling: the largest value of every window, and its place in the window. One invocation does four channels of a window.

@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> places: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= BLOCKS) { return; }
  let w = window_of(i);
  var best = vec4u(0);
  var largest = values_at(w, 0, 0);
  for (var y = 0u; y < SIZE; y++) {
    for (var x = 0u; x < SIZE; x++) {
      let values = values_at(w, y, x);
      best = select(best, vec4u(y * SIZE + x), values > largest);
      largest = max(largest, values);
    }
  }
  outputs[i] = select(vec4f(0), largest, w.inside);
  places[i] = select(vec4u(0), best, w.inside);
}
