// Max pooling: the largest value of every window, and its place in the window. One invocation makes a value.

@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<f32>;
@group(0) @binding(2) var<storage, read_write> places: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= OUTPUTS) { return; }
  let w = window_of(i);
  var best = 0u;
  var largest = inputs[w.first];
  for (var place = 1u; place < SIZE * SIZE; place++) {
    let value = inputs[w.first + behind(place)];
    if (value > largest) {
      largest = value;
      best = place;
    }
  }
  outputs[w.output] = largest;
  places[w.output] = best;
}
