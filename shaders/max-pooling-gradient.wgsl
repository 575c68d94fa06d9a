// Gradient of max pooling, before the input's own activation f: each input gathers from the windows whose largest value it was.

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> places: array<u32>;
@group(0) @binding(2) var<storage, read> saved: array<f32>;
@group(0) @binding(3) var<storage, read_write> input_gradient: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= BLOCKS) { return; }
  let block = block_of(i);
  var sum = vec4f();
  for (var up = 0u; up < OVERLAP; up++) {
    for (var left = 0u; left < OVERLAP; left++) {
      let reader = reader_of(block, up, left);
      if (reader.exists) {
        let at = reader.output;
        let largest = vec4u(places[at], places[at + 1], places[at + 2], places[at + 3]);
        sum += select(vec4f(0), gradient_at(reader), largest == vec4u(reader.place));
      }
    }
  }
  store(i, sum);
}
