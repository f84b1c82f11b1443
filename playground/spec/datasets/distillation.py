"""MNIST, taught by a trained network: which digit is it, in the teacher's opinion?"""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from pydantic import Field

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.dataset import Loading
from playground.spec.datasets.mnist import MNIST, Pictures
from playground.spec.layer import Shape
from playground.spec.task import Targets
from playground.spec.words import Message, PlaygroundError, mark, say

READER = "reader"  # the preset whose network is the teacher where no other is named


class DistilledMNIST(Pictures):
    """MNIST with a teacher's probabilities as targets (Hinton, Vinyals and Dean, 2015, arXiv:1503.02531)."""

    id: ClassVar[str] = "mnist_distilled"
    label: ClassVar[str] = mark("Taught MNIST")
    help: ClassVar[str] = mark(
        "Handwritten digits, 28 × 28 pixels, and what a trained network thinks of each: a little of this 4 is a 9. A "
        "pupil learns from these probabilities and is tested on the true digits."
    )
    keywords: ClassVar[str] = "distillation teacher pupil student soft targets dark knowledge"
    panel: ClassVar[str] = "distillation"
    taught: ClassVar[Targets] = "soft"
    picture_shape: ClassVar[Shape] = (1, 28, 28)
    classes: ClassVar[int] = 10
    total: ClassVar[int] = MNIST.total
    tests: ClassVar[int] = MNIST.tests

    train_limit: int = integer(
        10_000,
        mark("Training images"),
        mark("At most this many are trained on; the teacher is asked about each of them once."),
        ge=1,
        le=60_000,
    )
    teacher: str = Field("", strict=True, max_length=1000)  # a file, chosen with a button; empty: the reader

    @property
    def teacher_name(self) -> str:
        """The teacher's file without its folders; empty for the reader that comes with the program."""
        return PurePath(self.teacher).name

    @property
    def preparation(self) -> Message:
        return say("The teacher is being asked about {count:,} images…", count=self.train_count)

    def call(self) -> Call:
        counts = (self.train_count, self.validation_count)
        return call("playground.engine.sources.distillation.read", *counts, teacher=self.teacher)

    def loading(self) -> Loading:
        """How an exported program reads the same: the bundled teacher is built in it, its weights are a file.

        Raises:
            PlaygroundError: the teacher is another; nothing but its file knows what it is made of.
        """
        if self.teacher:
            raise PlaygroundError(say("A program can be exported only with the bundled reader as the teacher."))
        from playground.spec.presets import preset  # both are made of experiments, and so of data sets
        from playground.spec.script import network_code

        building = network_code(preset(READER).experiment, "build_teacher")
        return Loading(f"{building}\n\n\n{_loading(self)}", needs=("torchvision", "safetensors"))


def _loading(data: DistilledMNIST) -> str:
    held_out = data.validation_count
    lines = [
        "@torch.no_grad()",
        "def load_data(folder, device):",
        '    """Images (N, 1, 28, 28) in [0, 1], and the teacher\'s probabilities (N, 10), or labels (N,).',
        "",
        '    Its weights are read from "reader.safetensors" in that folder; the file comes with Playground.',
        '    """',
        "    teacher = build_teacher()",
        '    teacher.load_state_dict(load_file(f"{folder}/reader.safetensors"))',
        "    teacher.to(device).eval()",
        "",
        "    def tensors(train):",
        "        files = datasets.MNIST(folder, train=train, download=True)",
        "        return (files.data.unsqueeze(1) / 255).to(device), files.targets.to(device)",
        "",
        "    images, labels = tensors(train=True)",
        f"    images_taught = images[:{data.train_count}]  # the first {data.train_count:,} of the training file",
        "    answers = torch.cat([teacher(some).softmax(1) for some in images_taught.split(500)])",
    ]
    if held_out:
        lines.append(f"    validation = images[-{held_out}:], labels[-{held_out}:]  # the last of the training file")
    parts = ["(images_taught, answers)", *(["validation"] if held_out else []), "tensors(train=False)"]
    return "\n".join([*lines, f"    return {', '.join(parts)}"])
