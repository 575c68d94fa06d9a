// The sum of a matrix over a workgroup of PARTS invocations, always in the same order. Whole in the first of them.

const PARTS = 64u;

var<workgroup> parts: array<mat4x4f, PARTS>;

fn total_of(part: mat4x4f, index: u32) -> mat4x4f {
  parts[index] = part;
  for (var k = 0u; k < 6; k++) {
    let half = (PARTS / 2) >> k;
    workgroupBarrier();
    if (index < half) { parts[index] += parts[index + half]; }
  }
  return parts[index];
}
