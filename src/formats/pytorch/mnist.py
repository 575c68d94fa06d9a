MISSING = """{name} is not in {folder}, gzipped or not. Get MNIST in one of these ways:
  - put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz
    into that folder, for example from https://ossci-datasets.s3.amazonaws.com/mnist/
  - install torchvision and run this once with --download"""


def read_idx(folder, name):
    """The bytes in one of MNIST's files as a tensor of their shape; torchvision may have filled the folder."""
    for place in (Path(folder), Path(folder) / "MNIST" / "raw"):
        for path in (place / name, place / f"{name}.gz"):
            if path.exists():
                content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, 4 + 4 * content[3], 4)]
                start = 4 + 4 * len(shape)
                if content[:3] != b"\0\0\x08" or len(content) != start + math.prod(shape):
                    sys.exit(f"{path} is no IDX file of bytes, or it is cut off.")
                return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=start).reshape(shape)
    sys.exit(MISSING.format(name=name, folder=folder))


class Mnist:
    """Images as bytes [count, 1, 28, 28] and labels [count] of the training set and the test set, on a device."""

    def __init__(self, folder, device):
        def read(kind):
            images = read_idx(folder, f"{kind}-images-idx3-ubyte")
            labels = read_idx(folder, f"{kind}-labels-idx1-ubyte")
            if images.shape != (len(labels), 28, 28):
                sys.exit(f"The {kind} files in {folder} hold images {list(images.shape)} and {len(labels)} labels.")
            return images[:, None].to(device), labels.long().to(device)

        self.images, self.labels = read("train")
        self.test = read("t10k")
        self.count = min(TRAINING_SIZE, len(self.images))
        held_out = min(VALIDATION_SIZE, len(self.images) - self.count)
        self.held_out = (self.images[-held_out:], self.labels[-held_out:]) if held_out else None
        self.mean, self.scale = 0, 1
        if STANDARDISED:
            self.mean, self.scale = (values.to(device) for values in statistics(self.images.cpu()))

    def inputs(self, pixels):
        """Pixels from 0 to 1 as the network wants them."""
        return (pixels - self.mean) * self.scale

    def batch(self, step, rows):
        """Inputs [rows, 1, 28, 28] and labels of some rows of a step's batch."""
        chosen = examples(step, rows.cpu(), self.count).to(rows.device)
        pixels = augment(self.images[chosen].float() / 255, step, rows)
        return self.inputs(pixels), self.labels[chosen]


def statistics(images):
    """Mean of every pixel, from 0 to 1, and the factor that brings its deviation to 1, or 1 where it never changes."""
    n, parts = len(images), images.split(4096)
    total = sum(part.long().sum(0) for part in parts)
    squares = sum((part.long() ** 2).sum(0) for part in parts)
    variance = (n * squares - total**2).double() / n**2
    deviation = torch.where(variance > 0, variance.sqrt() / 255, torch.ones_like(variance)).float()
    return (total.double() / n / 255).float(), (1 / deviation.double()).float()
