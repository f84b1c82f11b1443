"""BatchNorm of frozen layers, which stays as it is while other layers are trained."""

from torch import Tensor, nn
from torch.nn import functional as F


class FrozenBatchNorm1d(nn.BatchNorm1d):
    """`nn.BatchNorm1d` that uses its running statistics, and keeps them, in training mode too."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C) or (N, C, L) to the same shape."""
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)


class FrozenBatchNorm2d(nn.BatchNorm2d):
    """`nn.BatchNorm2d` that uses its running statistics, and keeps them, in training mode too."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C, H, W) to the same shape."""
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
