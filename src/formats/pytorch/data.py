class Data:
    """Examples and labels of the training set and the test set, on a device.

    Images are bytes [count, channels, height, width], features floats [count, features].
    """

    def __init__(self, folder, device):
        def read(part):
            inputs, labels = read_examples(folder, part)
            kind = torch.float32 if len(INPUT) == 1 else torch.uint8
            if list(inputs.shape) != [len(labels), *INPUT] or inputs.dtype != kind:
                held = f"inputs {list(inputs.shape)} as {inputs.dtype} and {len(labels)} labels"
                sys.exit(f"The {part} set in {folder} holds {held}; each input must be {INPUT} as {kind}.")
            if labels.max() >= len(CLASS_NAMES):
                sys.exit(f"The {part} set in {folder} holds a label {labels.max()} of {len(CLASS_NAMES)} classes.")
            return channels_first(inputs).to(device), labels.long().to(device)

        self.examples, self.labels = read("train")
        self.test = read("test")
        self.count = min(TRAINING_SIZE, len(self.examples))
        held_out = min(VALIDATION_SIZE, len(self.examples) - self.count)
        self.held_out = (self.examples[-held_out:], self.labels[-held_out:]) if held_out else None
        self.mean, self.scale = 0, 1
        if STANDARDISED:
            seen = self.examples[: self.count] if STANDARDISED == "trained" else self.examples
            self.mean, self.scale = (values.to(device) for values in statistics(seen.cpu()))

    def standardise(self, mean, deviation):
        """Standardises with these statistics, each in the shape of an example, in place of those of the examples."""
        scale = (1 / deviation.double()).float()
        self.mean, self.scale = (channels_first(each[None])[0].to(self.labels.device) for each in (mean, scale))

    def inputs(self, values):
        """Scales values of `unscaled` to the network's inputs."""
        return (values - self.mean) * self.scale

    def batch(self, step, rows):
        """Inputs and labels of some rows of a step's batch."""
        chosen = examples(step, rows.cpu(), self.count).to(rows.device)
        values = augment(unscaled(self.examples[chosen]), step, rows)
        return self.inputs(values), self.labels[chosen]


def channels_first(inputs):
    """Images [count, height, width] or [count, height, width, channels] in PyTorch's layout; features stay."""
    if len(INPUT) == 1:
        return inputs
    return inputs[:, None] if len(INPUT) == 2 else inputs.permute(0, 3, 1, 2).contiguous()


def unscaled(inputs):
    """Bytes as pixels from 0 to 1; features stay."""
    return inputs.float() / 255 if inputs.dtype == torch.uint8 else inputs


def statistics(inputs):
    """Mean of every value of `unscaled`, and the factor that brings its deviation to 1 (1 for a constant value)."""
    most, exact = (255, torch.long) if inputs.dtype == torch.uint8 else (1, torch.double)
    n, parts = len(inputs), inputs.split(4096)
    total = sum(part.to(exact).sum(0) for part in parts)
    if most == 255:
        squares = sum((part.to(exact) ** 2).sum(0) for part in parts)
        variance = (n * squares - total**2).double() / n**2
    else:
        variance = sum(((part.to(exact) - total / n) ** 2).sum(0) for part in parts) / n
        variance[(inputs == inputs[0]).all(0)] = 0
    deviation = torch.where(variance > 0, variance.sqrt() / most, torch.ones_like(variance)).float()
    return (total.double() / n / most).float(), (1 / deviation.double()).float()
