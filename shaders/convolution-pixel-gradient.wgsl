// Gradient of the pixels below a convolution, before their own activation f (GRAY: one channel, no padding between pixels). Each
// pixel gathers from the windows that it lies in:
//   f'(saved) * sum over taps and filters of gradient[window, filter] * W[tap, filter]

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> saved: array<f32>;
@group(0) @binding(3) var<storage, read_write> input_gradient: array<f32>;

const BLOCKS = (FILTERS + 3) / 4;
const W = WEIGHTS / 4;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  if (i >= ROWS * HEIGHT * WIDTH) { return; }
  let image = i / (HEIGHT * WIDTH);
  let y = i / WIDTH % HEIGHT + PAD_TOP;
  let x = i % WIDTH + PAD_LEFT;
  var sum = vec4f();
  // Differences wrap around below zero, and are then larger than any side.
  for (var ky = 0u; ky < KERNEL; ky++) {
    let row = (y - ky) / STRIDE;
    if ((y - ky) % STRIDE != 0 || row >= OUTPUT_HEIGHT) { continue; }
    for (var kx = 0u; kx < KERNEL; kx++) {
      let column = (x - kx) / STRIDE;
      if ((x - kx) % STRIDE != 0 || column >= OUTPUT_WIDTH) { continue; }
      let window = ((image * OUTPUT_HEIGHT + row) * OUTPUT_WIDTH + column) * BLOCKS;
      let tap = W + (ky * KERNEL + kx) * BLOCKS;
      for (var f = 0u; f < BLOCKS; f++) { sum += gradient[window + f] * parameters[tap + f]; }
    }
  }
  input_gradient[i] = (sum.x + sum.y + sum.z + sum.w) * derivative(vec4f(saved[i])).x;
}
