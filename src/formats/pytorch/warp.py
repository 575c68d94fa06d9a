def augment(pixels, step, rows):
    """Turns, scales, shears, shifts and bends images [rows, 1, 28, 28], each by hashes of seed, step and row."""
    draws = random_bits(SEED, (3 << 28) + step, rows[:, None] * 64 + torch.arange(58, device=rows.device)) >> 8
    draws = draws.float() / 2**24 * 2 - 1  # from -1 to 1; numbers 0 and 1 are not for warping
    rotation, width, height, shear, right, down = (draws[:, k, None, None] for k in range(2, 8))

    t = math.tan(math.radians(ROTATION) / 2) * rotation
    cosine, sine = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
    pixel = torch.arange(28.0, device=rows.device)
    u, v = pixel - 14 - SHIFT * right, pixel[:, None] - 14 - SHIFT * down
    y = (cosine * v - sine * u) * (1 + SCALE * height)
    x = (cosine * u + sine * v) * (1 + SCALE * width) + SHEAR * shear * y
    source = torch.stack([x + 14, y + 14], -1)

    # Offsets at nodes 8 pixels apart, and between them by bilinear interpolation.
    nodes = ELASTIC * draws[:, 8:].reshape(-1, 5, 5, 2).permute(0, 3, 1, 2)
    field = F.interpolate(nodes, size=(33, 33), mode="bilinear", align_corners=True)[:, :, :28, :28]
    source = source + field.permute(0, 2, 3, 1)
    # It wants places from -1, the middle of the first pixel, to 1, the middle of the last. Outside there is paper.
    return F.grid_sample(pixels, source / 13.5 - 1, mode="bilinear", padding_mode="zeros", align_corners=True)
