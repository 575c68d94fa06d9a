// Quadratic cost of each row, and its gradient (lib/quadratic.wgsl). One invocation does a row.

@group(0) @binding(0) var<storage, read> outputs: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> hits: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= ROWS) { return; }
  let score = quadratic(row, row * ((CLASSES + 3) / 4 * 4));
  losses[row] = score.x;
  hits[row] = score.y;
}
