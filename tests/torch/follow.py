"""Goes on with exported runs: for every folder with a train.py some steps, with the outputs before and after, as JSON.

    python3 follow.py DATA STEPS=FOLDER...        or the same under torchrun
"""

import importlib.util
import json
import os
import sys
from pathlib import Path

import torch
import torch.distributed as dist

COUNT = 20
data, *orders = sys.argv[1:]
if "WORLD_SIZE" in os.environ:
    dist.init_process_group("gloo")
first = not dist.is_initialized() or dist.get_rank() == 0

results = {}
for order in orders:
    steps, folder = order.split("=", 1)
    spec = importlib.util.spec_from_file_location("train", Path(folder) / "train.py")
    train = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(train)
    device = torch.device("cpu")
    run = train.Training(Path(folder) / "model.safetensors", train.Data(data, device), device)
    inputs = run.data.test[0][:COUNT]
    before = run.logits(inputs).tolist()
    rates, losses = [], []
    for _ in range(int(steps)):
        losses.append(run.whole(run.train_step()))
        rates.append(run.optimizer.param_groups[0]["lr"])
    results[Path(folder).name] = {"before": before, "losses": losses, "rates": rates, "after": run.logits(inputs).tolist()}
    if first:
        run.save(Path(folder) / "trained.safetensors")
if first:
    print(json.dumps(results))
