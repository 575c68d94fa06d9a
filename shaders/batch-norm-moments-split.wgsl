// Mean and sum of squared deviations of every channel, over each chunk of rows. A workgroup does TOGETHER blocks of four channels of a
// chunk, side by side in memory: its invocations share out the rows, each in one pass (Welford 1962), and put their moments together
// (Chan, Golub & LeVeque 1983, eq. 2.1), always in the same order.

@group(0) @binding(0) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> moments: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;
const EACH = (ROWS + CHUNKS - 1) / CHUNKS;
const PARTS = 64u;

struct Moments { count: f32, mean: vec4f, squares: vec4f }

var<workgroup> parts: array<Moments, PARTS>;

fn joined(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  let apart = b.mean - a.mean;
  let share = b.count / max(count, 1);
  return Moments(count, a.mean + apart * share, a.squares + b.squares + apart * apart * (a.count * share));
}

@compute @workgroup_size(PARTS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let block = group.x * TOGETHER + index % TOGETHER;
  let chunk = group.y;
  let first = min(chunk * EACH, ROWS);
  let last = min(first + EACH, ROWS);
  var own = Moments();
  for (var row = first + index / TOGETHER; row < last && block < BLOCKS; row += PARTS / TOGETHER) {
    let value = inputs[row * BLOCKS + block];
    own.count += 1;
    let apart = value - own.mean;
    own.mean += apart / own.count;
    own.squares += apart * (value - own.mean);
  }
  parts[index] = own;
  for (var half = PARTS / 2; half >= TOGETHER; half /= 2) {
    workgroupBarrier();
    if (index < half) { parts[index] = joined(parts[index], parts[index + half]); }
  }
  if (index < TOGETHER && block < BLOCKS) {
    moments[2 * chunk * BLOCKS + block] = parts[index].mean;
    moments[(2 * chunk + 1) * BLOCKS + block] = parts[index].squares;
  }
}
