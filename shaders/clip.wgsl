// Clipping by the global norm (Pascanu, Mikolov & Bengio 2013, algorithm 1): factor = min(1, LIMIT / norm). One invocation.

@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read_write> clip: array<f32>; // factor, norm

@compute @workgroup_size(1)
fn main() {
  var squares = 0.0;
  for (var part = 0u; part < PARTS; part++) { squares += sums[part]; }
  let norm = sqrt(squares);
  clip[0] = min(1.0, LIMIT / (norm + 1e-6));
  clip[1] = norm;
}
