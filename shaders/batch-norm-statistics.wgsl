// Puts the moments of the chunks together (Chan, Golub & LeVeque 1983, eq. 2.1), with d the distance of the means:
//   mean <- mean + d n / (count + n),   squares <- squares + squares_chunk + d^2 count n / (count + n)
// and moves the running statistics towards them: running <- running + MOMENTUM (new - running)

@group(0) @binding(0) var<storage, read> moments: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>; // mean, 1 / sqrt(variance + epsilon)
@group(0) @binding(2) var<storage, read_write> running: array<vec4f>;

const BLOCKS = (CHANNELS + 3) / 4;
const EACH = (ROWS + CHUNKS - 1) / CHUNKS;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = id.x;
  if (block >= BLOCKS) { return; }
  var count = 0.0;
  var mean = vec4f();
  var squares = vec4f();
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    let first = min(chunk * EACH, ROWS);
    let n = f32(min(first + EACH, ROWS) - first);
    if (n == 0) { continue; }
    let total = count + n;
    let apart = moments[2 * chunk * BLOCKS + block] - mean;
    mean += apart * (n / total);
    squares += moments[(2 * chunk + 1) * BLOCKS + block] + apart * apart * (count * n / total);
    count = total;
  }
  let inside = vec4u(4 * block) + vec4u(0, 1, 2, 3) < vec4u(CHANNELS);
  statistics[block] = mean;
  statistics[BLOCKS + block] = select(vec4f(0), 1 / sqrt(squares / f32(ROWS) + EPSILON), inside);
  let old_mean = running[MEAN / 4 + block];
  let old_variance = running[VARIANCE / 4 + block];
  running[MEAN / 4 + block] = old_mean + MOMENTUM * (mean - old_mean);
  running[VARIANCE / 4 + block] = old_variance + MOMENTUM * (squares / f32(max(ROWS, 2) - 1) - old_variance);
}
