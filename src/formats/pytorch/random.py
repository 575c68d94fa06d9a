WORD = 0xFFFFFFFF


def random_bits(x, y, z):
    """32 random bits from three words, in int64: PCG3D (Jarzynski & Olano 2020, Hash Functions for GPU Rendering)."""
    x, y, z = ((v * 1664525 + 1013904223) & WORD for v in (x, y, z))
    x = (x + (y * z & WORD)) & WORD
    y = (y + (z * x & WORD)) & WORD
    z = (z + (x * y & WORD)) & WORD
    x, y, z = (v ^ (v >> 16) for v in (x, y, z))
    return (x + (y * z & WORD)) & WORD


@functools.lru_cache(maxsize=4)
def shuffled(count, epoch):
    """The order of `count` examples in an epoch: a Feistel network on their numbers, repeated until it falls inside."""
    bits = next(bits for bits in range(1, 17) if 4**bits >= count)

    def permute(value):
        left, right = value >> bits, value & (2**bits - 1)
        for number in range(4 * epoch, 4 * epoch + 4):
            left, right = right, left ^ (random_bits(SEED, number, right) & (2**bits - 1))
        return (left << bits) | right

    value = permute(torch.arange(count))
    while (value >= count).any():
        value = torch.where(value >= count, permute(value), value)
    return value


def examples(step, rows, count):
    """Numbers of the examples in some rows of a step's batch; an epoch may end inside a batch."""
    positions = step * BATCH_SIZE + rows
    epochs = positions // count
    first, last = int(epochs[0]), int(epochs[-1])
    chosen = shuffled(count, first)[positions % count]
    return chosen if first == last else torch.where(epochs == first, chosen, shuffled(count, last)[positions % count])
