// Which example a row of the batch takes, out of COUNT from FIRST on. The step counter in `state` tells which part of the order is
// due, so nothing is written from the CPU between steps.
// SHUFFLE 1: the batches run on through one shuffled order after another, each of COUNT examples (an epoch).
// SHUFFLE 0: the examples in order; the last batch of a pass is filled up with rows labelled NO_LABEL, which count for nothing.

const NO_LABEL = 255u;

struct Place {
  example: u32,
  inside: bool, // false in a row that fills up
}

fn place_of(row: u32, step: u32, seed: u32) -> Place {
  if (SHUFFLE == 1u) {
    let position = step * ROWS + row;
    return Place(FIRST + shuffled(position % COUNT, COUNT, HALF_BITS, seed, position / COUNT), true);
  }
  let position = (step % ((COUNT + ROWS - 1) / ROWS)) * ROWS + row;
  let inside = position < COUNT;
  return Place(FIRST + select(0u, position, inside), inside);
}
