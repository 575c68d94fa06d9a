// Convolution: outputs = activation(patches . W + bias), with W [KERNEL KERNEL, CHANNELS, FILTERS] and then its bias in
// `parameters`; a patch is the part of the input under the kernel (lib/patch.wgsl).

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> outputs: array<vec4f>;

const R = (POSITIONS + 3) / 4;
const T = PATCH;
const OUTPUT_ROWS = POSITIONS;
const OUTPUT_COLUMNS = FILTERS;

alias Row = Windows;
alias Step = Part;

fn row_at(r: u32) -> Row {
  let position = 4 * r + vec4u(0, 1, 2, 3);
  let line = position / OUTPUT_WIDTH;
  return windows_at(line / OUTPUT_HEIGHT, line % OUTPUT_HEIGHT, position % OUTPUT_WIDTH);
}

fn step_at(t: u32) -> Step {
  return part_at(t);
}

fn next(step: Step) -> Step {
  return next_part(step);
}

fn load_a(row: Row, step: Step) -> mat4x4f {
  return patches(row, step);
}
