"""Makes strokes thicker or thinner, so that a network does not depend on one kind of pen."""

import torch
from torch import Tensor
from torch.nn import functional as F


def stroke(
    images: Tensor,
    labels: Tensor,
    generator: torch.Generator,
    *,
    share: float = 0.5,
    thicken: float = 1.0,
    thin: float = 0.7,
) -> tuple[Tensor, Tensor]:
    """Thicken or thin a share of the images, each by its own random amount.

    images: (N, 1, H, W) in [0, 1], bright strokes on 0; labels: (N,). Neither is modified.
    Afterwards every image is scaled so that its brightest pixel is 1, because resampling and
    thinning dim thin strokes; an image without ink stays as it is.

    share: fraction of the images changed, 0–1; half of them become thicker, half thinner.
    thicken: the largest blend of an image with its dilation, 0–1: at 1 a stroke
        gains up to one pixel on each side.
    thin: the largest blend of an image with its erosion, 0–0.9: below 1, so that a stroke
        one or two pixels wide is never lost altogether.
    """
    shape = (len(images), 1, 1, 1)
    kind = torch.rand(shape, generator=generator, device=images.device)
    amount = torch.rand(shape, generator=generator, device=images.device)
    thicker = amount * thicken * (kind < share / 2)
    thinner = amount * thin * ((kind >= share / 2) & (kind < share))
    changed = images.lerp(dilated(images), thicker).lerp(-dilated(-images), thinner)
    brightest = changed.amax((1, 2, 3), keepdim=True)
    return (changed / brightest.where(brightest > 0, 1)).clamp(0, 1), labels.clone()


def dilated(images: Tensor) -> Tensor:
    """The largest value under a 3 × 3 cross around each pixel, (N, 1, H, W).

    It uses slices, because max_pool2d takes twenty times as long on a CPU.
    """
    padded = F.pad(images, (1, 1, 1, 1), mode="replicate")
    horizontal = padded[..., 1:-1, :-2].maximum(padded[..., 1:-1, 2:])
    vertical = padded[..., :-2, 1:-1].maximum(padded[..., 2:, 1:-1])
    return images.maximum(horizontal).maximum(vertical)
