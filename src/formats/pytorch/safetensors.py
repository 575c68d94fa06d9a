def read_safetensors(path):
    """Reads tensors by name and metadata: a file has the length of a JSON header (8 bytes), the header, the tensors."""
    types = {"F32": torch.float32, "U8": torch.uint8}
    content = bytearray(Path(path).read_bytes())
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    metadata = header.pop("__metadata__", {})

    def tensor(dtype, shape, data_offsets):
        if dtype not in types:
            sys.exit(f"{path} holds {dtype}; only 32-bit floats and bytes can be read.")
        begin, end = data_offsets
        return torch.frombuffer(content[start + begin : start + end], dtype=types[dtype]).reshape(shape)

    return {name: tensor(**entry) for name, entry in header.items()}, metadata


def write_safetensors(path, tensors, metadata):
    """Writes a file that `read_safetensors` reads: completely, or not at all."""
    header, data, at = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        data.append(tensor.detach().float().cpu().contiguous().numpy().tobytes())
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + len(data[-1])]}
        at += len(data[-1])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    part = Path(f"{path}.part")
    part.write_bytes(b"".join([len(text).to_bytes(8, "little"), text, *data]))
    part.replace(path)


def to_torch(values, shape):
    """Values in PyTorch's order: outputs before inputs, or [filters, channels, rows, columns]; `shape` is PyTorch's.

    Inkling has inputs before outputs, or [rows, columns, channels, filters].
    """
    if len(shape) == 4:
        return values.reshape(shape[2], shape[3], shape[1], shape[0]).permute(3, 2, 0, 1)
    return values.t() if len(shape) == 2 else values


def to_inkling(values, shape):
    """The inverse of `to_torch`; `shape` is Inkling's."""
    if values.dim() == 4:
        values = values.permute(2, 3, 1, 0)
    return (values.t() if values.dim() == 2 else values).reshape(shape)
