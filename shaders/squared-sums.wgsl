// Sums of squares of the whole gradient, in PARTS parts: invocation i takes the vec4s i, i + PARTS, i + 2 PARTS, ...

@group(0) @binding(0) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= PARTS) { return; }
  var sum = 0.0;
  for (var i = id.x; i < COUNT / 4; i += PARTS) { sum += dot(gradients[i], gradients[i]); }
  sums[id.x] = sum;
}
