CELL = 8  # pixels between the nodes of the elastic field


def augment(pixels, step, rows):
    """Warps and mirrors images [rows, channels, height, width] by hashes of seed, step, row."""
    height, width = pixels.shape[2:]
    lines, nodes = ((side - 1) // CELL + 2 for side in (height, width))
    used = 8 + 2 * lines * nodes
    every = 1 << (used - 1).bit_length()  # random numbers of a row, a power of two
    bits = random_bits(SEED, (3 << 28) + step, rows[:, None] * every + torch.arange(used, device=rows.device))
    flipped = (bits[:, 0] & 255) < round(FLIP * 256)
    pixels = torch.where(flipped[:, None, None, None], pixels.flip(-1), pixels)
    draws = (bits >> 8).float() / 2**24 * 2 - 1  # from -1 to 1; warping does not use numbers 0 and 1
    rotation, wide, high, shear, right, down = (draws[:, k, None, None] for k in range(2, 8))

    t = math.tan(math.radians(ROTATION) / 2) * rotation
    cosine, sine = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
    u = torch.arange(width, device=rows.device) - width / 2 - SHIFT * right
    v = torch.arange(height, device=rows.device)[:, None] - height / 2 - SHIFT * down
    y = (cosine * v - sine * u) * (1 + SCALE * high)
    x = (cosine * u + sine * v) * (1 + SCALE * wide) + SHEAR * shear * y
    source = torch.stack([x + width / 2, y + height / 2], -1)

    # Offsets at nodes, and between them by bilinear interpolation.
    offsets = ELASTIC * draws[:, 8:].reshape(-1, lines, nodes, 2).permute(0, 3, 1, 2)
    size = (CELL * (lines - 1) + 1, CELL * (nodes - 1) + 1)
    field = F.interpolate(offsets, size=size, mode="bilinear", align_corners=True)[:, :, :height, :width]
    source = source + field.permute(0, 2, 3, 1)
    # grid_sample takes places from -1 (border before the first pixel) to 1 (border after the last). Outside is zero.
    places = (2 * source + 1) / torch.tensor([width, height], device=rows.device) - 1
    return F.grid_sample(pixels, places, mode="bilinear", padding_mode="zeros", align_corners=False)
