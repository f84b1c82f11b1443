"""Cluttered MNIST: which pixels of a noisy field are the digit's ink?"""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer, real
from playground.spec.data.dataset import Dataset, Loading
from playground.spec.data.task import Score, Task
from playground.spec.export.data_files import MNIST_DATA_HELP, READ_DIGITS
from playground.spec.layer import Shape
from playground.spec.messages import tr_noop

_ENGINE = "playground.engine.data.sources.clutter."


class ClutteredMNIST(Dataset):
    """MNIST's digits on 56 × 56 images among pieces of other digits, after Mnih et al., 2014, arXiv:1406.6247."""

    id: ClassVar[str] = "mnist_clutter"
    licence: ClassVar[str] = "CC BY-SA 3.0"
    label: ClassVar[str] = tr_noop("Cluttered MNIST")
    help: ClassVar[str] = tr_noop(
        "Handwritten digits somewhere on a noisy 56 × 56 field, among pieces of other digits. Which pixels are the "
        "digit's ink? Digits and clutter of validation and test fields are never trained on."
    )
    panel: ClassVar[str] = "segmentation"

    count: int = integer(
        10_000, tr_noop("Images"), tr_noop("How many images there are to train on or for validation."), ge=1, le=20_000
    )
    clutter: int = integer(
        4, tr_noop("Clutter"), tr_noop("How many pieces of other digits, 8 × 8 pixels, lie on each field."), ge=0, le=64
    )
    noise: float = real(
        0.05,
        tr_noop("Noise"),
        tr_noop("Standard deviation of each pixel's noise; black is 0, white is 1."),
        ge=0.0,
        le=1.0,
    )
    shift: int = integer(
        12,
        tr_noop("Shift"),
        tr_noop("How far the digit may be from the centre, both ways."),
        ge=0,
        le=14,
        unit=tr_noop("px"),
    )
    data_seed: int = integer(
        0, tr_noop("Data seed"), tr_noop("Another seed places other clutter on the fields."), ge=0, le=1_000_000
    )

    @property
    def sample_shape(self) -> Shape:
        return (1, 56, 56)

    @property
    def task(self) -> Task:
        return Task((2, 56, 56), "classes", Score.IOU)

    @property
    def available(self) -> int:
        return self.count

    @property
    def test_count(self) -> int:
        return 2_000

    def call(self) -> Call:
        counts = (self.train_count, self.validation_count, self.test_count)
        return call(
            _ENGINE + "read", *counts, clutter=self.clutter, noise=self.noise, shift=self.shift, seed=self.data_seed
        )

    def loading(self) -> Loading:
        copied = tuple(_ENGINE + name for name in ("arranged", "grain", "composed"))
        return Loading(_loading(self), copied, needs=("torchvision",), data_help=MNIST_DATA_HELP)


def _loading(data: ClutteredMNIST) -> str:
    settings = f"{data.clutter}, {data.shift}, {data.data_seed}"
    parts = [f"part(digits[:50000], {data.train_count}, 0)"]
    if data.validation_count:
        parts.append(f"part(digits[50000:], {data.validation_count}, 1)")
    parts.append(f'part(read_mnist(folder, "t10k")[0], {data.test_count}, 2)')
    return "\n".join(
        [
            READ_DIGITS,
            "",
            "",
            "def load_data(folder, device):",
            '    """Fields (N, 1, 56, 56) in [0, 1], and masks (N, 56, 56): 1 where the digit has ink."""',
            f"    noise = grain({data.noise}, {data.data_seed})",
            "",
            "    def part(digits, count, number):",
            f"        layouts = arranged(len(digits), count, {settings}, number).split(1000)",
            "        fields, masks = zip(*(composed(digits, noise, some) for some in layouts), strict=True)",
            "        return torch.cat(fields).to(device), torch.cat(masks).to(device)",
            "",
            '    digits, _ = read_mnist(folder, "train")',
            f"    return {', '.join(parts)}",
        ]
    )
