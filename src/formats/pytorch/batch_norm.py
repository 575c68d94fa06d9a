class BatchNorm(nn.Module):
    """Batch normalisation over all rows of a batch, even if several processes share them.

    nn.SyncBatchNorm does the same, but only on GPUs.
    """

    def __init__(self, channels, momentum, eps):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):
        if not self.training or not dist.is_initialized():
            running = self.running_mean, self.running_var
            return F.batch_norm(x, *running, self.weight, self.bias, self.training, self.momentum, self.eps)

        axes = [0, 2, 3] if x.dim() == 4 else [0]
        along = [1, -1, 1, 1] if x.dim() == 4 else [1, -1]
        count = torch.tensor(x.numel() / x.shape[1], device=x.device)
        dist.all_reduce(count)
        # Autograd follows these sums over all processes: gradients flow back through them to every process.
        mean = all_reduce(x.sum(axes)) / count
        apart = x - mean.reshape(along)
        variance = all_reduce((apart * apart).sum(axes)) / count
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1).clamp(min=1), self.momentum)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return apart * scale.reshape(along) + self.bias.reshape(along)
