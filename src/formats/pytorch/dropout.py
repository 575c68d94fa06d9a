def dropout(x, rate, layer, step, rows, stride):
    """Zeroes values with the probability `rate` and scales the others up.

    The choice is a hash of seed, layer, step and the place of the value in Inkling's memory: row by row of the whole
    batch, channels last, `stride` values from one pixel to the next, rows rounded up to four values.
    """
    channels = x.shape[1]
    stream = (2 << 28) + layer
    key = random_bits(SEED, stream, step)
    pixels = math.prod(x.shape[2:])
    size = math.ceil(pixels * stride / 4) * 4
    place = (rows[:, None] * size + torch.arange(pixels, device=x.device) * stride)[:, None]
    place = place + torch.arange(channels, device=x.device)[:, None]
    kept = random_bits(key, stream, place) >> 8 >= math.floor(rate * 2**24 + 0.5)
    return x * kept.reshape(x.shape) * (1 / (1 - rate))
