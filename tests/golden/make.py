"""Makes golden.json with PyTorch in float64: ten full-batch training steps of small networks, and learning-rate schedules.

Run it with any PyTorch (the committed file came from 1.13, Debian's python3-torch):
    python3 tests/golden/make.py > tests/golden/golden.json
Images, labels and first weights come from formulas that tests/golden.test.ts repeats, so that only results are stored.
"""

import json
import math
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

EXAMPLES, SIDE, CLASSES, STEPS = 12, 28, 10, 10
PIXELS = SIDE * SIDE

ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
}


def dense(units, activation, bias="yes"):
    return {"type": "dense", "units": units, "activation": activation, "initialiser": "zero", "bias": bias}


def conv(filters, kernel, activation, stride=1, padding="valid", bias="yes"):
    return {"type": "conv2d", "filters": filters, "kernel": kernel, "stride": stride, "padding": padding,
            "activation": activation, "initialiser": "zero", "bias": bias}


def pool(kind, size, stride):
    return {"type": f"{kind}-pooling", "size": size, "stride": stride}


FLATTEN = {"type": "flatten"}
NORM = {"type": "batch-normalisation", "momentum": 0.2, "epsilon": 1e-3}
SGD = {"type": "sgd", "weightDecay": 0}
MOMENTUM = {"type": "momentum", "momentum": 0.9, "weightDecay": 0}
ADAM = {"type": "adam", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
SMALL = [dense(8, "relu"), dense(10, "linear")]

# name, layers, and what differs from the base spec below
CASES = [
    ("softmax regression, SGD, standardised", [dense(10, "linear")], {"learningRate": 0.05, "input": "standardised"}),
    ("sigmoid, quadratic, SGD", [dense(7, "sigmoid"), dense(10, "sigmoid")], {"loss": "quadratic", "learningRate": 3.0}),
    ("tanh, linear outputs, quadratic, momentum", [dense(9, "tanh"), dense(10, "linear")],
     {"loss": "quadratic", "optimizer": MOMENTUM, "learningRate": 0.01}),
    ("ReLU, cross-entropy, momentum", [dense(16, "relu"), dense(10, "linear")],
     {"optimizer": MOMENTUM, "learningRate": 0.02}),
    ("GELU, tanh, cross-entropy, Adam", [dense(11, "gelu"), dense(6, "tanh"), dense(10, "linear")],
     {"optimizer": ADAM, "learningRate": 0.01}),
    ("ReLU, sigmoid, cross-entropy, Adam", [dense(8, "relu"), dense(5, "sigmoid"), dense(10, "linear")],
     {"optimizer": ADAM, "learningRate": 0.05}),
    ("SGD, weight decay", SMALL, {"optimizer": {"type": "sgd", "weightDecay": 0.3}, "learningRate": 0.05}),
    ("momentum, weight decay", SMALL,
     {"optimizer": {"type": "momentum", "momentum": 0.8, "weightDecay": 0.1}, "learningRate": 0.02}),
    ("Nesterov, weight decay", SMALL,
     {"optimizer": {"type": "nesterov", "momentum": 0.9, "weightDecay": 0.1}, "learningRate": 0.02}),
    ("RMSProp", SMALL,
     {"optimizer": {"type": "rmsprop", "rho": 0.9, "epsilon": 1e-7, "weightDecay": 0}, "learningRate": 0.005}),
    ("RMSProp, weight decay", SMALL,
     {"optimizer": {"type": "rmsprop", "rho": 0.99, "epsilon": 1e-8, "weightDecay": 0.1}, "learningRate": 0.002}),
    ("AdamW", SMALL, {"optimizer": {**ADAM, "type": "adamw", "weightDecay": 0.5}, "learningRate": 0.02}),
    ("label smoothing", SMALL, {"labelSmoothing": 0.2, "learningRate": 0.05}),
    ("clipping, momentum", SMALL, {"clipNorm": 0.5, "optimizer": MOMENTUM, "learningRate": 0.05}),
    ("a limit that is not reached", SMALL, {"clipNorm": 100, "learningRate": 0.01}),
    ("step schedule", SMALL, {"schedule": {"type": "step", "every": 3, "factor": 0.5}, "learningRate": 0.05}),
    ("convolutions and max pooling, Adam",
     [conv(5, 5, "relu", 2), pool("max", 2, 2), conv(6, 3, "tanh", 1, "same"), pool("max", 3, 1), FLATTEN, dense(10, "linear")],
     {"optimizer": ADAM, "learningRate": 0.02}),
    ("convolutions with strides and padding, average pooling",
     [conv(3, 4, "sigmoid", 3, "same"), pool("average", 2, 2), conv(7, 2, "gelu", 2, "same"), FLATTEN, dense(10, "linear")],
     {"optimizer": MOMENTUM, "learningRate": 0.05}),
    ("batch normalisation of vectors", [dense(9, "linear", "no"), NORM, {"type": "activation", "activation": "relu"}, dense(10, "linear")],
     {"learningRate": 0.05}),
    ("batch normalisation of images, Nesterov",
     [conv(3, 5, "linear", 3, bias="no"), NORM, {"type": "activation", "activation": "relu"}, conv(6, 3, "tanh", 2), NORM, FLATTEN, dense(10, "linear")],
     {"optimizer": {"type": "nesterov", "momentum": 0.9, "weightDecay": 0.01}, "learningRate": 0.05}),
]

BASE = {
    "input": "unit", "trainingSize": 60000, "validationSize": 0, "augmentation": {"type": "none"}, "styleShare": 0, "loss": "cross-entropy", "labelSmoothing": 0, "optimizer": SGD,
    "learningRate": 0.1, "schedule": {"type": "constant"}, "clipNorm": 0, "batchSize": EXAMPLES, "epochs": STEPS, "seed": 1,
    "evaluateEvery": 0,
}


def byte(example, pixel):
    return (example * 7919 + pixel * 104729 + (example * pixel) % 251 * 31) % 256 if (example + pixel) % 3 else 0


def first_value(stream, index):
    return 0.1 * math.sin(1.3 * index + 2.1 * stream)


def same(side, kernel, stride):
    """TensorFlow's padding before and after a side."""
    whole = max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
    return whole // 2, whole - whole // 2


class Network:
    """Layers of a spec. Images flow as [rows, channels, height, width]; parameters are kept in the layout of the spec."""

    def __init__(self, layers):
        self.layers, self.parameters, self.weights = layers, [], []
        with torch.no_grad():
            self.made = None
            self(torch.zeros(2, PIXELS), train=False)
            self.made = True

    def parameter(self, shape, weights, value=None):
        stream = len(self.parameters)
        values = [first_value(stream, i) if value is None else value for i in range(math.prod(shape))]
        p = torch.tensor(values).reshape(shape)
        self.parameters.append(p.requires_grad_(value is None))
        self.weights.append(weights)

    def __call__(self, x, train):
        flow, at = x.reshape(-1, 1, SIDE, SIDE), 0

        def take(count):
            nonlocal at
            at += count
            return self.parameters[at - count:at]

        for layer in self.layers:
            kind = layer["type"]
            if kind == "dense":
                flow = flow.flatten(1)
                if not self.made:
                    self.parameter((flow.shape[1], layer["units"]), True)
                    self.parameter((layer["units"],), False, None if layer["bias"] == "yes" else 0.0)
                w, b = take(2)
                flow = ACTIVATIONS[layer["activation"]](flow @ w + b)
            elif kind == "conv2d":
                k, stride, channels = layer["kernel"], layer["stride"], flow.shape[1]
                if not self.made:
                    gray = layer is self.layers[0]  # the shape of its weights has no axis for channels
                    self.parameter((k * k, layer["filters"]) if gray else (k, k, channels, layer["filters"]), True)
                    self.parameter((layer["filters"],), False, None if layer["bias"] == "yes" else 0.0)
                w, b = take(2)
                w = w.reshape(k, k, channels, layer["filters"]).permute(3, 2, 0, 1)
                if layer["padding"] == "same":
                    flow = F.pad(flow, (*same(flow.shape[3], k, stride), *same(flow.shape[2], k, stride)))
                flow = ACTIVATIONS[layer["activation"]](F.conv2d(flow, w, b, stride))
            elif kind == "max-pooling":
                flow = F.max_pool2d(flow, layer["size"], layer["stride"])
            elif kind == "average-pooling":
                flow = F.avg_pool2d(flow, layer["size"], layer["stride"])
            elif kind == "flatten":
                flow = flow.permute(0, 2, 3, 1).flatten(1)
            elif kind == "activation":
                flow = ACTIVATIONS[layer["activation"]](flow)
            elif kind == "batch-normalisation":
                if not self.made:
                    self.parameter((flow.shape[1],), False)
                    self.parameter((flow.shape[1],), False)
                    self.parameter((flow.shape[1],), False, 0.0)
                    self.parameter((flow.shape[1],), False, 1.0)
                scale, shift, mean, variance = take(4)
                flow = F.batch_norm(flow, mean, variance, scale, shift, train, layer["momentum"], layer["epsilon"])
        return flow


def descent(optimizer, groups, rate):
    kind = optimizer["type"]
    if kind in ("sgd", "momentum", "nesterov"):
        return torch.optim.SGD(groups, lr=rate, momentum=optimizer.get("momentum", 0), nesterov=kind == "nesterov")
    if kind == "rmsprop":
        return torch.optim.RMSprop(groups, lr=rate, alpha=optimizer["rho"], eps=optimizer["epsilon"])
    make = torch.optim.AdamW if kind == "adamw" else torch.optim.Adam
    return make(groups, lr=rate, betas=(optimizer["beta1"], optimizer["beta2"]), eps=optimizer["epsilon"])


def scheduler(schedule, optimizer, steps, steps_per_epoch):
    """PyTorch's own schedule, stepped after every step."""
    kind = schedule["type"]
    if kind == "step":
        every = schedule["every"] * steps_per_epoch
        return torch.optim.lr_scheduler.StepLR(optimizer, every, schedule["factor"])
    if kind == "one-cycle":
        rate = optimizer.param_groups[0]["lr"]
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=schedule["warmup"], cycle_momentum=False)
    if kind == "cosine":
        rising = schedule["warmup"] * steps_per_epoch
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - rising)
        if rising == 0:
            return falling
        up = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / rising, 1, rising - 1)
        return torch.optim.lr_scheduler.SequentialLR(optimizer, [up, falling], [rising])
    return torch.optim.lr_scheduler.ConstantLR(optimizer, 1, 0)


def run(name, layers, differences):
    spec = {**BASE, "layers": layers, **differences}
    x = torch.tensor([[byte(e, p) / 255 for p in range(PIXELS)] for e in range(EXAMPLES)])
    if spec["input"] == "standardised":
        deviation = x.std(0, unbiased=False)
        x = (x - x.mean(0)) / torch.where(deviation > 0, deviation, torch.ones(()))
    labels = torch.tensor([e * 3 % CLASSES for e in range(EXAMPLES)])
    network = Network(layers)

    def loss(train):
        out = network(x, train)
        if spec["loss"] == "cross-entropy":
            return F.cross_entropy(out, labels, label_smoothing=spec["labelSmoothing"] if train else 0)
        return 0.5 * ((out - F.one_hot(labels, CLASSES)) ** 2).sum(1).mean()

    trained = [(p, w) for p, w in zip(network.parameters, network.weights) if p.requires_grad]
    groups = [
        {"params": [p for p, w in trained if w], "weight_decay": spec["optimizer"].get("weightDecay", 0)},
        {"params": [p for p, w in trained if not w], "weight_decay": 0},
    ]
    optimizer = descent(spec["optimizer"], groups, spec["learningRate"])
    rates = scheduler(spec["schedule"], optimizer, STEPS, 1)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss(True)
        value.backward()
        if spec["clipNorm"] > 0:
            torch.nn.utils.clip_grad_norm_([p for p, _ in trained], spec["clipNorm"])
        optimizer.step()
        rates.step()
        losses.append(value.item())
    return {
        "name": name,
        "spec": spec,
        "losses": losses,
        # With the parameters after the last step, and running statistics where there are any.
        "evaluation": {"loss": loss(False).item(), "hits": (network(x, False).argmax(1) == labels).sum().item()},
        # Of each parameter: sum, sum of squares, and some of its values.
        "parameters": [
            {
                "sum": p.sum().item(),
                "squares": (p * p).sum().item(),
                "values": {str(i): p.flatten()[i].item() for i in range(0, p.numel(), max(1, p.numel() // 6))},
            }
            for p in network.parameters
        ],
    }


# schedule, epochs, steps in an epoch
SCHEDULES = [
    ({"type": "constant"}, 2, 3),
    ({"type": "step", "every": 2, "factor": 0.3}, 7, 4),
    ({"type": "cosine", "warmup": 0}, 4, 6),
    ({"type": "cosine", "warmup": 2}, 6, 5),
    ({"type": "one-cycle", "warmup": 0.3}, 4, 10),
    ({"type": "one-cycle", "warmup": 0.25}, 3, 7),
]


def schedule_rates(schedule, epochs, steps_per_epoch):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.7)
    rates = scheduler(schedule, optimizer, epochs * steps_per_epoch, steps_per_epoch)
    values = []
    for _ in range(epochs * steps_per_epoch):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        rates.step()
    return {"schedule": schedule, "epochs": epochs, "stepsPerEpoch": steps_per_epoch, "rate": 0.7, "rates": values}


golden = {"runs": [run(*case) for case in CASES], "schedules": [schedule_rates(*case) for case in SCHEDULES]}
print(json.dumps(golden, indent=1))
