"""Makes golden.json with PyTorch in float64: ten full-batch training steps of small networks.

Run it with any PyTorch (the committed file came from 1.13, Debian's python3-torch):
    python3 tests/golden/make.py > tests/golden/golden.json
Images, labels and first weights come from formulas that tests/golden.test.ts repeats, so that only results are stored.
"""

import json
import math
import torch

torch.set_default_dtype(torch.float64)

EXAMPLES, PIXELS, CLASSES, STEPS = 12, 784, 10, 10

ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
}

SGD = {"type": "sgd", "momentum": 0}
MOMENTUM = {"type": "sgd", "momentum": 0.9}
ADAM = {"type": "adam", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

# name, layers, loss, optimizer, learning rate, input
CASES = [
    ("softmax regression, SGD, standardised", [(10, "linear")], "cross-entropy", SGD, 0.05, "standardised"),
    ("sigmoid, quadratic, SGD", [(7, "sigmoid"), (10, "sigmoid")], "quadratic", SGD, 3.0, "unit"),
    ("tanh, linear outputs, quadratic, momentum", [(9, "tanh"), (10, "linear")], "quadratic", MOMENTUM, 0.01, "unit"),
    ("ReLU, cross-entropy, momentum", [(16, "relu"), (10, "linear")], "cross-entropy", MOMENTUM, 0.02, "unit"),
    ("GELU, tanh, cross-entropy, Adam", [(11, "gelu"), (6, "tanh"), (10, "linear")], "cross-entropy", ADAM, 0.01, "unit"),
    ("ReLU, sigmoid, cross-entropy, Adam", [(8, "relu"), (5, "sigmoid"), (10, "linear")], "cross-entropy", ADAM, 0.05, "unit"),
]


def byte(example, pixel):
    return (example * 7919 + pixel * 104729 + (example * pixel) % 251 * 31) % 256 if (example + pixel) % 3 else 0


def first_value(stream, index):
    return 0.1 * math.sin(1.3 * index + 2.1 * stream)


def run(name, layers, loss_name, optimizer, rate, scaling):
    x = torch.tensor([[byte(e, p) / 255 for p in range(PIXELS)] for e in range(EXAMPLES)])
    if scaling == "standardised":
        deviation = x.std(0, unbiased=False)
        x = (x - x.mean(0)) / torch.where(deviation > 0, deviation, torch.ones(()))
    labels = torch.tensor([e * 3 % CLASSES for e in range(EXAMPLES)])
    parameters, width = [], PIXELS
    for units, _ in layers:
        for shape in ((width, units), (units,)):
            count = math.prod(shape)
            values = [first_value(len(parameters), i) for i in range(count)]
            parameters.append(torch.tensor(values).reshape(shape).requires_grad_())
        width = units

    def outputs():
        flow = x
        for i, (_, activation) in enumerate(layers):
            flow = ACTIVATIONS[activation](flow @ parameters[2 * i] + parameters[2 * i + 1])
        return flow

    def loss():
        out = outputs()
        if loss_name == "cross-entropy":
            return torch.nn.functional.cross_entropy(out, labels)
        return 0.5 * ((out - torch.nn.functional.one_hot(labels, CLASSES)) ** 2).sum(1).mean()

    if optimizer["type"] == "sgd":
        descent = torch.optim.SGD(parameters, lr=rate, momentum=optimizer["momentum"])
    else:
        betas = (optimizer["beta1"], optimizer["beta2"])
        descent = torch.optim.Adam(parameters, lr=rate, betas=betas, eps=optimizer["epsilon"])
    losses = []
    for _ in range(STEPS):
        descent.zero_grad()
        value = loss()
        value.backward()
        descent.step()
        losses.append(value.item())
    return {
        "name": name,
        "spec": {
            "input": scaling,
            "layers": [
                {"type": "dense", "units": units, "activation": activation, "initialiser": "zero"}
                for units, activation in layers
            ],
            "loss": loss_name,
            "optimizer": optimizer,
            "learningRate": rate,
            "batchSize": EXAMPLES,
            "epochs": STEPS,
            "seed": 1,
            "evaluateEvery": 0,
        },
        "losses": losses,
        "hits": (outputs().argmax(1) == labels).sum().item(),
        # Of each parameter: sum, sum of squares, and some of its values.
        "parameters": [
            {
                "sum": p.sum().item(),
                "squares": (p * p).sum().item(),
                "values": {str(i): p.flatten()[i].item() for i in range(0, p.numel(), max(1, p.numel() // 6))},
            }
            for p in parameters
        ],
    }


print(json.dumps([run(*case) for case in CASES], indent=1))
