// Gradient of max pooling, before the input's own activation f: each input gathers from the windows whose largest value it was.

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> places: array<u32>;
@group(0) @binding(2) var<storage, read> saved: array<f32>;
@group(0) @binding(3) var<storage, read_write> input_gradient: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= INPUTS) { return; }
  var sum = 0.0;
  for (var place = 0u; place < SIZE * SIZE; place++) {
    let reader = reader_of(i, place);
    if (reader.exists && places[reader.output] == place) { sum += gradient[reader.output]; }
  }
  input_gradient[i] = sum * derivative(vec4f(saved[i])).x;
}
