// Gathers a batch to train on. A row is the next example of the shuffled order (lib/order.wgsl), or with a probability of
// SHARE / 2^24 a synthetic one; the examples passed over come up in other epochs. Then it is mirrored, with a probability of
// FLIP / 2^8, and warped:
//   inputs[i][y][x] <- image(A (x, y) + field(x, y)) / 255,   standardised where STANDARDISED is 1
// with an affine map A around the middle (rotation, scale of each axis, shear, shift), a field that is bilinear between random
// offsets at nodes CELL pixels apart, and bilinear interpolation between pixels; outside of the image all is zero.
// All of it is drawn by (seed, step, row), so the step alone tells what a batch holds. One invocation makes a vec4 of `inputs`:
// one pixel of three channels, or four pixels of one.

@group(0) @binding(0) var<storage, read> state: array<u32>; // step, seed
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> synthetic_images: array<u32>;
@group(0) @binding(4) var<storage, read> synthetic_labels: array<u32>;
@group(0) @binding(5) var<storage, read> statistics: array<vec4f>; // mean, scale of every float of an example
@group(0) @binding(6) var<storage, read_write> inputs: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> targets: array<u32>;

const STREAM = 3u << 28;
const CELL = 8u;
const PIXELS = WIDTH * HEIGHT;
const PACK = select(4u, 1u, CHANNELS == 3); // pixels of a vec4
const VECTORS = (PIXELS + PACK - 1) / PACK;
const WORDS = (VECTORS + 3) / 4 * 4; // of an example's bytes
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

// The field's offsets on a line of pixels, at the nodes' columns left and right of a pixel.
fn offsets(row: u32, x: u32, y: u32) -> mat2x2f {
  let line = y / CELL;
  let column = x / CELL;
  let b = f32(y % CELL) / f32(CELL);
  return mat2x2f(mix(node(row, line, column), node(row, line + 1, column), b),
                 mix(node(row, line, column + 1), node(row, line + 1, column + 1), b));
}

struct Map {
  turn: vec2f,
  scale: vec2f,
  shear: f32,
  shift: vec2f,
  flipped: bool,
}

// Where a pixel takes its value from.
fn source_of(map: Map, field: mat2x2f, x: u32, y: u32) -> vec2f {
  let place = vec2f(f32(x), f32(y)) - MIDDLE - map.shift;
  let turned_y = (map.turn.x * place.y - map.turn.y * place.x) * map.scale.y;
  let turned_x = (map.turn.x * place.x + map.turn.y * place.y) * map.scale.x + map.shear * turned_y;
  let source = vec2f(turned_x, turned_y) + MIDDLE + mix(field[0], field[1], f32(x % CELL) / f32(CELL));
  return vec2f(select(source.x, f32(WIDTH - 1) - source.x, map.flipped), source.y);
}

fn word_of(synthetic: bool, at: u32) -> u32 {
  if (synthetic) { return synthetic_images[at]; }
  return images[at];
}

// A pixel of one channel.
fn tap(synthetic: bool, example: u32, x: i32, y: i32) -> f32 {
  if (u32(x) >= WIDTH || u32(y) >= HEIGHT) { return 0; } // those below zero are huge
  let at = u32(y) * WIDTH + u32(x);
  return f32((word_of(synthetic, example * WORDS + at / 4) >> (at % 4 * 8)) & 255);
}

// A pixel of three channels.
fn tap3(synthetic: bool, example: u32, x: i32, y: i32) -> vec4f {
  if (u32(x) >= WIDTH || u32(y) >= HEIGHT) { return vec4f(); }
  let word = word_of(synthetic, example * WORDS + u32(y) * WIDTH + u32(x));
  return vec4f((vec4u(word) >> vec4u(0, 8, 16, 24)) & vec4u(255));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64;
  let row = i / VECTORS;
  let part = i % VECTORS;
  if (row >= ROWS) { return; }

  let choice = bits(row, 0);
  let synthetic = choice >> 8 < SHARE;
  var example: u32;
  if (synthetic) {
    example = bits(row, 1) % max(SYNTHETIC, 1);
  } else {
    let position = state[0] * ROWS + row;
    example = FIRST + shuffled(position % COUNT, COUNT, HALF_BITS, state[1], position / COUNT);
  }

  // Sine and cosine by the tangent of half the angle: sin and cos are only good to 2^-11.
  let t = TURN * draw(row, 2);
  let turn = vec2f(1 - t * t, 2 * t) / (1 + t * t);
  let map = Map(turn, 1 + SCALE * draw2(row, 3), SHEAR * draw(row, 5), SHIFT * draw2(row, 6), (choice & 255) < FLIP);

  var values: vec4f;
  var field: mat2x2f;
  var x = part * PACK % WIDTH;
  var y = part * PACK / WIDTH;
  if (ELASTIC > 0) { field = offsets(row, x, y); }
  if (CHANNELS == 3) {
    let source = source_of(map, field, x, y);
    let corner = floor(source);
    let c = source - corner;
    let at = vec2i(corner);
    let top = mix(tap3(synthetic, example, at.x, at.y), tap3(synthetic, example, at.x + 1, at.y), c.x);
    let bottom = mix(tap3(synthetic, example, at.x, at.y + 1), tap3(synthetic, example, at.x + 1, at.y + 1), c.x);
    values = mix(top, bottom, c.y) * (1.0 / 255.0);
  } else {
    for (var j = 0u; j < 4; j++) {
      if (part * PACK + j >= PIXELS) { break; }
      // Where WIDTH is a multiple of 4, the four pixels lie in one cell of one line.
      if (WIDTH % 4 != 0 && ELASTIC > 0 && j > 0) { field = offsets(row, x, y); }
      let source = source_of(map, field, x, y);
      let corner = floor(source);
      let c = source - corner;
      let at = vec2i(corner);
      let top = mix(tap(synthetic, example, at.x, at.y), tap(synthetic, example, at.x + 1, at.y), c.x);
      let bottom = mix(tap(synthetic, example, at.x, at.y + 1), tap(synthetic, example, at.x + 1, at.y + 1), c.x);
      values[j] = mix(top, bottom, c.y) * (1.0 / 255.0);
      x++;
      if (x == WIDTH) {
        x = 0;
        y++;
      }
    }
  }
  if (STANDARDISED == 1) { values = (values - statistics[part]) * statistics[VECTORS + part]; }
  inputs[i] = values;

  if (part == 0) {
    var word: u32;
    if (synthetic) { word = synthetic_labels[example / 4]; } else { word = labels[example / 4]; }
    targets[row] = (word >> (example % 4 * 8)) & 255;
  }
}
