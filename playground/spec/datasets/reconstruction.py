"""MNIST reconstruction: the targets are the input images, which pass through a bottleneck."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.data.dataset import Loading, Samples
from playground.spec.data.task import Score, Task
from playground.spec.datasets.mnist import MNIST, Pictures
from playground.spec.export.data_files import MNIST_DATA_HELP, READ_DIGITS
from playground.spec.layer import Shape
from playground.spec.messages import tr_noop


class ReconstructedMNIST(Pictures):
    """MNIST's images as inputs and as targets; augmentations change only the inputs, and the network has to undo them.

    This makes an autoencoder a denoising one: Vincent, Larochelle, Bengio and Manzagol, 2008, Extracting and Composing
    Robust Features with Denoising Autoencoders.
    """

    id: ClassVar[str] = "mnist_reconstruction"
    licence: ClassVar[str] = "CC BY-SA 3.0"
    label: ClassVar[str] = tr_noop("MNIST reconstruction")
    help: ClassVar[str] = tr_noop(
        "Handwritten digits, 28 × 28 pixels: reproduce the same picture. It is easy, unless a layer in the middle is "
        "too narrow to pass it on pixel by pixel. Augmentations change only the inputs; the network then learns to "
        "undo them."
    )
    keywords: ClassVar[str] = tr_noop("autoencoder vae denoising bottleneck reconstruction generative")
    panel: ClassVar[str] = "reconstruction"
    asked_with: ClassVar[Samples | None] = None  # a picture is no answer that fits into a table
    picture_shape: ClassVar[Shape] = (1, 28, 28)
    total: ClassVar[int] = MNIST.total
    tests: ClassVar[int] = MNIST.tests

    @property
    def task(self) -> Task:
        return Task(self.picture_shape, "probabilities", Score.R2)

    def call(self) -> Call:
        return call("playground.engine.data.sources.reconstruction.read", self.train_count, self.validation_count)

    def loading(self) -> Loading:
        return Loading(_loading(self), needs=("torchvision",), data_help=MNIST_DATA_HELP)


def _loading(data: ReconstructedMNIST) -> str:
    lines = [
        READ_DIGITS,
        "",
        "",
        "def load_data(folder, device):",
        '    """Images of MNIST (N, 1, 28, 28) in [0, 1], each as input and as target."""',
        "",
        "    def images(part):",
        "        return (read_mnist(folder, part)[0].unsqueeze(1) / 255).to(device)",
        "",
        '    digits = images("train")',
        f"    train = digits[:{data.train_count}]",
    ]
    parts = ["train"]
    if data.validation_count:
        lines.append(f"    validation = digits[-{data.validation_count}:]")
        parts.append("validation")
    pairs = ", ".join(f"({part}, {part})" for part in parts)
    return "\n".join([*lines, '    test = images("t10k")', f"    return {pairs}, (test, test)"])
