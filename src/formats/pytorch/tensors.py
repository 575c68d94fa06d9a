MISSING = """{name} is not in {folder}. It is a safetensors file that holds {dataset} as Inkling has it:
  - train.inputs and test.inputs, {kind} of the shape [count, {shape}]
  - train.labels and test.labels, U8 of the shape [count]"""


@functools.lru_cache(maxsize=1)
def read_data(folder):
    """Reads the tensors of the file, in the folder or beside this script."""
    for place in (Path(folder), Path(__file__).parent):
        if (place / DATA).exists():
            return read_safetensors(place / DATA)[0]
    kind, shape = "F32" if len(INPUT) == 1 else "U8", ", ".join(str(size) for size in INPUT)
    sys.exit(MISSING.format(name=DATA, folder=folder, dataset=DATASET, kind=kind, shape=shape))


def read_examples(folder, part):
    """Inputs and labels of "train" or "test", as stored."""
    tensors = read_data(folder)
    for name in (f"{part}.inputs", f"{part}.labels"):
        if name not in tensors:
            sys.exit(f"{DATA} in {folder} holds no {name}.")
    return tensors[f"{part}.inputs"], tensors[f"{part}.labels"]


def add_options(parser):
    """Adds the options of the data."""
    parser.add_argument("--data", default=".", metavar="DIR", help=f"folder with {DATA} (default: this one)")


def download(options):
    """Does nothing: the file must be there."""
