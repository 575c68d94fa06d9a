MISSING = """{name} is not in {folder}, gzipped or not. Get {dataset} in one of these ways:
  - put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz
    into that folder, for example from {address}
  - install torchvision and run this once with --download"""


def read_idx(folder, name):
    """The content of one of the four files as a tensor. Looks in torchvision's subfolder too."""
    for place in (Path(folder), Path(folder) / TORCHVISION / "raw"):
        for path in (place / name, place / f"{name}.gz"):
            if path.exists():
                content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, 4 + 4 * content[3], 4)]
                start = 4 + 4 * len(shape)
                if content[:3] != b"\0\0\x08" or len(content) != start + math.prod(shape):
                    sys.exit(f"{path} is no IDX file of bytes, or it is cut off.")
                return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=start).reshape(shape)
    sys.exit(MISSING.format(name=name, folder=folder, dataset=DATASET, address=ADDRESS))


def read_examples(folder, part):
    """Inputs and labels of "train" or "test", as stored."""
    kind = "t10k" if part == "test" else part
    return read_idx(folder, f"{kind}-images-idx3-ubyte"), read_idx(folder, f"{kind}-labels-idx1-ubyte")


def add_options(parser):
    """Adds the options of the data."""
    parser.add_argument("--data", default=".", metavar="DIR",
                        help=f"folder with the files of {DATASET} (default: this one)")
    parser.add_argument("--download", action="store_true", help=f"let torchvision put {DATASET} there first")


def download(options):
    """Downloads the files if --download is given."""
    if options.download:
        import torchvision  # only here: nothing else needs it

        getattr(torchvision.datasets, TORCHVISION)(options.data, download=True)
