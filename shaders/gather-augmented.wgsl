// Gathers a batch to train on. A row is the next example of the shuffled order (see gather.wgsl), or with a probability of
// SHARE / 2^24 a synthetic digit; the examples passed over come up in other epochs. Then it is warped:
//   inputs[i][y][x] <- image(A (x, y) + field(x, y)) / 255,   standardised where STANDARDISED is 1
// with an affine map A around the middle (rotation, scale of each axis, shear, shift), a field that is bilinear between random
// offsets at nodes CELL pixels apart, and bilinear interpolation between pixels; outside of the image there is paper.
// All of it is drawn by (seed, step, row), so the step alone tells what a batch holds. One invocation makes 4 pixels of a line.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step, seed
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> style_images: array<u32>;
@group(0) @binding(4) var<storage, read> style_labels: array<u32>;
@group(0) @binding(5) var<storage, read> statistics: array<vec4f>; // mean[PIXELS], scale[PIXELS]
@group(0) @binding(6) var<storage, read_write> inputs: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> targets: array<u32>;

const STREAM = 3u << 28;
const DRAWS = 64u;
const CELL = 8u;
const NODES = 5u;
const PIXELS = WIDTH * HEIGHT;
const MIDDLE = vec2f(f32(WIDTH), f32(HEIGHT)) / 2;

fn bits(row: u32, k: u32) -> u32 {
  return hash(vec3u(state[1], STREAM + state[0], row * DRAWS + k));
}

// From -1 to 1.
fn draw(row: u32, k: u32) -> f32 {
  return f32(bits(row, k) >> 8) * (1.0 / 8388608.0) - 1.0;
}

fn draw2(row: u32, k: u32) -> vec2f {
  return vec2f(draw(row, k), draw(row, k + 1));
}

fn node(row: u32, line: u32, column: u32) -> vec2f {
  return ELASTIC * draw2(row, 8 + 2 * (line * NODES + column));
}

fn tap(styled: bool, example: u32, x: i32, y: i32) -> f32 {
  if (u32(x) >= WIDTH || u32(y) >= HEIGHT) { return 0; } // those below zero are huge
  let at = example * PIXELS + u32(y) * WIDTH + u32(x);
  var word: u32;
  if (styled) { word = style_images[at / 4]; } else { word = images[at / 4]; }
  return f32((word >> (at % 4 * 8)) & 255);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  let row = i / (PIXELS / 4);
  let part = i % (PIXELS / 4);
  if (row >= ROWS) { return; }

  let styled = bits(row, 0) >> 8 < SHARE;
  var example: u32;
  if (styled) {
    example = bits(row, 1) % max(STYLES, 1);
  } else {
    let position = state[0] * ROWS + row;
    example = FIRST + shuffled(position % COUNT, COUNT, HALF_BITS, state[1], position / COUNT);
  }

  // Sine and cosine by the tangent of half the angle: sin and cos are only good to 2^-11.
  let t = TURN * draw(row, 2);
  let turn = vec2f(1 - t * t, 2 * t) / (1 + t * t);
  let scale = 1 + SCALE * draw2(row, 3);
  let shear = SHEAR * draw(row, 5);
  let shift = SHIFT * draw2(row, 6);

  let y = part * 4 / WIDTH;
  let first = part * 4 % WIDTH;
  var corners: mat4x2f; // the offsets around these pixels, which lie in one cell of the field
  if (ELASTIC > 0) {
    let line = y / CELL;
    let column = first / CELL;
    corners = mat4x2f(node(row, line, column), node(row, line, column + 1),
                      node(row, line + 1, column), node(row, line + 1, column + 1));
  }
  let b = f32(y % CELL) / f32(CELL);
  let left = mix(corners[0], corners[2], b);
  let right = mix(corners[1], corners[3], b);

  var values: vec4f;
  for (var j = 0u; j < 4; j++) {
    let x = first + j;
    let place = vec2f(f32(x), f32(y)) - MIDDLE - shift;
    let turned_y = (turn.x * place.y - turn.y * place.x) * scale.y;
    let turned_x = (turn.x * place.x + turn.y * place.y) * scale.x + shear * turned_y;
    let source = vec2f(turned_x, turned_y) + MIDDLE + mix(left, right, f32(x % CELL) / f32(CELL));
    let corner = floor(source);
    let c = source - corner;
    let at = vec2i(corner);
    let top = mix(tap(styled, example, at.x, at.y), tap(styled, example, at.x + 1, at.y), c.x);
    let bottom = mix(tap(styled, example, at.x, at.y + 1), tap(styled, example, at.x + 1, at.y + 1), c.x);
    values[j] = mix(top, bottom, c.y) * (1.0 / 255.0);
  }
  if (STANDARDISED == 1) { values = (values - statistics[part]) * statistics[PIXELS / 4 + part]; }
  inputs[i] = values;

  if (part == 0) {
    var word: u32;
    if (styled) { word = style_labels[example / 4]; } else { word = labels[example / 4]; }
    targets[row] = (word >> (example % 4 * 8)) & 255;
  }
}
