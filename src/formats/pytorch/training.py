class Training:
    """A run at `step`: its network, its optimizer and the data. Under torchrun each process has its own."""

    def __init__(self, path, data, device, epochs=EPOCHS):
        torch.backends.cudnn.allow_tf32 = False  # full 32-bit floats, as in Inkling
        self.data, self.device, self.epochs = data, device, epochs
        self.rank, self.world = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        self.tensors, self.metadata = read_safetensors(path)
        if "inkling.spec" not in self.metadata:
            sys.exit(f"{path} is no file of Inkling.")
        if "inputs.mean" in self.tensors:  # of the network that this one started from, maybe
            data.standardise(self.tensors["inputs.mean"], self.tensors["inputs.deviation"])
        self.step = int(self.metadata.get("inkling.step", 0))
        self.steps = max(self.epoch_end(epochs), self.step)

        self.network = Network().to(device)
        try:
            state = self.network.state_dict()
            self.network.load_state_dict(
                {there: to_torch(self.tensors[here], state[there].shape) for here, there in NAMES.items()}
            )
        except (KeyError, RuntimeError) as error:
            sys.exit(f"{path} holds another network than this script: {error}")
        self.trained = {here: self.network.get_parameter(there) for here, there in {**WEIGHTS, **OTHERS}.items()}
        self.optimizer = make_optimizer(
            [
                {"params": [self.trained[name] for name in WEIGHTS], "weight_decay": WEIGHT_DECAY},
                {"params": [self.trained[name] for name in OTHERS], "weight_decay": 0.0},
            ]
        )
        for name, parameter in self.trained.items():
            for moment, there in MOMENTS.items():
                value = self.tensors.get(f"optimizer.{moment}.{name}")
                value = torch.zeros_like(parameter) if value is None else to_torch(value, parameter.shape)
                self.optimizer.state[parameter][there] = value.clone(memory_format=torch.contiguous_format).to(device)
                self.optimizer.state[parameter]["step"] = torch.tensor(float(self.step))
        self.model = self.network
        if dist.is_initialized():
            devices = [device.index] if device.type == "cuda" else None
            self.model = nn.parallel.DistributedDataParallel(self.network, device_ids=devices, broadcast_buffers=False)

    def epoch_end(self, epoch):
        """The step that ends an epoch (from 1): a batch may reach from one epoch into the next."""
        return math.ceil(epoch * self.data.count / BATCH_SIZE)

    def train_step(self):
        """Trains on the next batch, of which this process takes every `world`-th row; returns its share of the loss."""
        rows = torch.arange(self.rank, BATCH_SIZE, self.world, device=self.device)
        inputs, labels = self.data.batch(self.step, rows)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, self.steps, self.data.count / BATCH_SIZE)
        self.model.train()
        self.optimizer.zero_grad()
        loss = losses(self.model(inputs, self.step, rows), labels, LABEL_SMOOTHING).sum() / BATCH_SIZE
        (loss * self.world).backward()  # DDP takes the mean over the processes, which is then the whole gradient
        if CLIP_NORM > 0:
            nn.utils.clip_grad_norm_(self.trained.values(), CLIP_NORM)
        self.optimizer.step()
        self.step += 1
        return loss.detach()

    def whole(self, share):
        """Sum of a value over all processes."""
        share = share.clone()
        if dist.is_initialized():
            dist.all_reduce(share)
        return share.item()

    @torch.no_grad()
    def logits(self, inputs):
        """Outputs of the network for examples of `Data`."""
        self.network.eval()
        return torch.cat([self.network(self.data.inputs(unscaled(part))) for part in inputs.split(500)])

    def evaluate(self, inputs, labels):
        """Mean loss and accuracy."""
        outputs = self.logits(inputs)
        return losses(outputs, labels, 0).mean().item(), (outputs.argmax(1) == labels).float().mean().item()

    def save(self, path):
        """Writes a file that Inkling opens and this script continues from."""
        tensors, state = dict(self.tensors), self.network.state_dict()
        for here, there in NAMES.items():
            tensors[here] = to_inkling(state[there], tensors[here].shape)
        for name, parameter in self.trained.items():
            for moment, there in MOMENTS.items():
                value = self.optimizer.state[parameter][there]
                tensors[f"optimizer.{moment}.{name}"] = to_inkling(value, tensors[name].shape)
        spec = {**json.loads(self.metadata["inkling.spec"]), "epochs": self.epochs}
        metadata = {**self.metadata, "inkling.spec": json.dumps(spec), "inkling.step": str(self.step)}
        write_safetensors(path, tensors, metadata)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--model", default=Path(__file__).with_name("model.safetensors"), metavar="FILE",
                        help="where the run stands (default: model.safetensors beside this script)")
    parser.add_argument("--save", default="trained.safetensors", metavar="FILE",
                        help="what to write after every epoch and at the end (default: trained.safetensors)")
    parser.add_argument("--epochs", type=int, default=EPOCHS, metavar="N",
                        help=f"epochs of the whole run (default: {EPOCHS}); the learning rate's schedule goes along")
    parser.add_argument("--steps", type=int, metavar="N", help="stop after so many steps from here")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 ... (default: cuda if there is one)")
    parser.add_argument("--print-loss", action="store_true", help="print the loss of every step")
    options = parser.parse_args()
    if not 1 <= options.epochs <= 10_000:
        parser.error("--epochs must be from 1 to 10000, as in Inkling")
    if options.steps is not None and options.steps < 1:
        parser.error("--steps must be 1 or more")

    device = torch.device(options.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    distributed = "WORLD_SIZE" in os.environ  # torchrun sets it
    if distributed:
        if device.type == "cuda":
            device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(device)
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        if dist.get_world_size() > BATCH_SIZE:
            sys.exit(f"A batch of {BATCH_SIZE} cannot be shared among {dist.get_world_size()} processes.")
    first = not distributed or dist.get_rank() == 0

    def say(text):
        if first:
            print(text, flush=True)

    if not distributed or os.environ["LOCAL_RANK"] == "0":
        download(options)
    if distributed:
        dist.barrier()
    run = Training(options.model, Data(options.data, device), device, options.epochs)
    for difference in DIFFERENCES:
        say(difference)
    end = run.steps if options.steps is None else min(run.steps, run.step + options.steps)
    say(f"From step {run.step} to {end} of {run.steps} on {run.world} x {device.type}.")
    if run.step >= run.steps:
        say("The run is at its end: --epochs makes it longer.")

    share, since = torch.zeros((), device=device), run.step
    while run.step < end:
        loss = run.train_step()
        share += loss
        if options.print_loss:
            mean = run.whole(loss)
            say(f"step {run.step} loss {mean:.9g}")
        epoch = run.step * BATCH_SIZE // run.data.count
        if run.step in (run.epoch_end(epoch), end):
            mean = run.whole(share) / (run.step - since)
            share, since = torch.zeros_like(share), run.step
            if first:
                results = {"test": run.evaluate(*run.data.test)}
                if run.data.held_out:
                    results["held-out"] = run.evaluate(*run.data.held_out)
                told = "; ".join(f"{name} loss {of:.4f}, accuracy {right:.2%}" for name, (of, right) in results.items())
                say(f"epoch {run.step * BATCH_SIZE / run.data.count:.2f}, step {run.step}: loss {mean:.4f}; {told}")
                run.save(options.save)
    if distributed:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
