// Gradient of a convolution's input, before the input's own activation f: every input position gathers from the outputs whose
// patches it is in,
//   input_gradient[y, x] = f'(saved) * sum over taps of gradient[(y + pad - ky) / stride, (x + pad - kx) / stride] . W[ky, kx]^T
// where the divisions leave no remainder. A matrix product again: [positions, taps filters] . [taps filters, channels].

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> saved: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> input_gradient: array<vec4f>;

const FILTER_BLOCKS = (FILTERS + 3) / 4;
const POSITIONS = ROWS * HEIGHT * WIDTH;
const R = (POSITIONS + 3) / 4;
const T = KERNEL * KERNEL * FILTER_BLOCKS;
const S = (CHANNELS + 3) / 4;
const W = WEIGHTS / 4;
const INPUT_ROWS = POSITIONS;

// Four input positions: their image's first output line, and their coordinates with padding.
struct Row { line: vec4u, y: vec4u, x: vec4u }

// Four filters of a tap, and where the tap's weights start.
struct Step { filters: u32, y: u32, x: u32, weights: u32 }

fn row_at(r: u32) -> Row {
  let position = 4 * r + vec4u(0, 1, 2, 3);
  let line = position / WIDTH;
  return Row(line / HEIGHT * OUTPUT_HEIGHT, line % HEIGHT + PAD_TOP, position % WIDTH + PAD_LEFT);
}

fn step_at(t: u32) -> Step {
  let tap = t / FILTER_BLOCKS;
  return Step(t % FILTER_BLOCKS, tap / KERNEL, tap % KERNEL, W + tap * S * 4 * FILTER_BLOCKS);
}

fn next(step: Step) -> Step {
  let tap_ends = step.filters + 1 == FILTER_BLOCKS;
  let row_ends = tap_ends && step.x + 1 == KERNEL;
  let x = select(step.x + u32(tap_ends), 0, row_ends);
  let weights = step.weights + select(0, S * 4 * FILTER_BLOCKS, tap_ends);
  return Step(select(step.filters + 1, 0, tap_ends), step.y + u32(row_ends), x, weights);
}

// Coordinates of outputs from those of inputs; larger than any side where there is none. What wrapped around below zero is so
// already. Exact for what is no larger than an image, without the division that software adapters do lane by lane.
fn over_stride(values: vec4u) -> vec4u {
  if (STRIDE == 1) { return values; }
  let quotients = vec4u((vec4f(values) + 0.5) * (1.0 / f32(STRIDE)));
  return select(vec4u(0xffffffff), quotients, quotients * STRIDE == values);
}

fn load_a(row: Row, step: Step) -> mat4x4f {
  let y = over_stride(row.y - step.y);
  let x = over_stride(row.x - step.x);
  let inside = (y < vec4u(OUTPUT_HEIGHT)) & (x < vec4u(OUTPUT_WIDTH));
  let at = ((row.line + y) * OUTPUT_WIDTH + x) * FILTER_BLOCKS + step.filters;
  return mat4x4f(
    select(vec4f(), gradient[at.x], inside.x),
    select(vec4f(), gradient[at.y], inside.y),
    select(vec4f(), gradient[at.z], inside.z),
    select(vec4f(), gradient[at.w], inside.w),
  );
}

fn load_b(step: Step, s: u32) -> mat4x4f {
  let at = step.weights + s * 4 * FILTER_BLOCKS + step.filters;
  return transpose(mat4x4f(
    parameters[at],
    parameters[at + FILTER_BLOCKS],
    parameters[at + 2 * FILTER_BLOCKS],
    parameters[at + 3 * FILTER_BLOCKS],
  ));
}
