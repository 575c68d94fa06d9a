// Gradient of a convolution's weights and bias, into their places in `gradients`:
//   W gradient = patches^T . gradient,   bias gradient = sum of gradient over rows and positions
// The bias is one more row of the weights, whose input is always one; with BIAS 0 it gets no gradient. Steps go through the
// output positions four at a time, the last of every line filled up with zeros.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;

const LINE = (OUTPUT_WIDTH + 3) / 4;
const T = ROWS * OUTPUT_HEIGHT * LINE;
const BIAS_BLOCK = PATCH;
const OUTPUT_COLUMNS = FILTERS;

alias Row = Part;

// Four output positions from `row` on, and their coordinates.
struct Step { row: u32, image: u32, y: u32, x: u32 }

fn step_at(t: u32) -> Step {
  let line = t / LINE;
  let x = t % LINE * 4;
  return Step(line * OUTPUT_WIDTH + x, line / OUTPUT_HEIGHT, line % OUTPUT_HEIGHT, x);
}

fn next(step: Step) -> Step {
  let line_ends = step.x + 4 >= OUTPUT_WIDTH;
  let image_ends = line_ends && step.y + 1 == OUTPUT_HEIGHT;
  let x = select(step.x + 4, 0, line_ends);
  let y = select(step.y + u32(line_ends), 0, image_ends);
  return Step(step.row + select(4, OUTPUT_WIDTH - step.x, line_ends), step.image + u32(image_ends), y, x);
}

fn row_at(r: u32) -> Row {
  return part_at(r);
}

fn load_a(part: Row, step: Step) -> mat4x4f {
  let columns = step.x + vec4u(0, 1, 2, 3);
  let inside = columns < vec4u(OUTPUT_WIDTH);
  let rows = select(vec4u(OUTSIDE), vec4u(step.y), inside);
  let a = transpose(patches(windows_at(vec4u(step.image), rows, columns), part));
  // Of the block of the bias only the first row is kept.
  let ones = select(vec4f(0), vec4f(f32(BIAS)), inside);
  return mat4x4f(select(a[0], ones, part.t == BIAS_BLOCK), a[1], a[2], a[3]);
}
