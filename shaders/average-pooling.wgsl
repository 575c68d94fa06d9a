// Average pooling: the mean of every window. One invocation makes a value.

@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= OUTPUTS) { return; }
  let w = window_of(i);
  var sum = 0.0;
  for (var place = 0u; place < SIZE * SIZE; place++) { sum += inputs[w.first + behind(place)]; }
  outputs[w.output] = sum / f32(SIZE * SIZE);
}
