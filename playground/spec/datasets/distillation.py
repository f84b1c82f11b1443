"""MNIST with the probabilities of a trained teacher network as targets."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from pydantic import Field

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.data.dataset import Loading, Samples
from playground.spec.data.skipped import Counts
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Targets
from playground.spec.datasets.mnist import MNIST, Pictures
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, tr_noop


class DistilledMNIST(Pictures):
    """MNIST with a teacher's probabilities as targets (Hinton, Vinyals and Dean, 2015, arXiv:1503.02531)."""

    id: ClassVar[str] = "mnist_distilled"
    licence: ClassVar[str] = "CC BY-SA 3.0"
    label: ClassVar[str] = tr_noop("MNIST distillation")
    help: ClassVar[str] = tr_noop(
        "Handwritten digits, 28 × 28 pixels, and a trained network's probabilities: this 4 is a little like a 9. A "
        "student learns from these probabilities and is tested on the true digits."
    )
    keywords: ClassVar[str] = tr_noop("distillation teacher pupil student soft targets dark knowledge")
    panel: ClassVar[str] = "distillation"
    asked_with: ClassVar[Samples | None] = Samples.DIGITS
    train_targets: ClassVar[Targets] = "soft"
    against: ClassVar[tuple[str, str]] = (tr_noop("teacher"), tr_noop("truth"))
    source_choice: ClassVar[SourceChoice | None] = SourceChoice(
        tr_noop("Choose a teacher"),
        call("playground.engine.data.sources.distillation.inspect"),
        tr_noop("Trained networks (*.safetensors);;All files (*)"),
        field="teacher",
        bundled=(tr_noop("Use the bundled reader"), tr_noop("Choose the bundled reader")),
    )
    fit: ClassVar[float | None] = 0.99
    picture_shape: ClassVar[Shape] = (1, 28, 28)
    classes: ClassVar[int] = 10
    total: ClassVar[int] = MNIST.total
    tests: ClassVar[int] = MNIST.tests

    train_limit: int = integer(
        10_000,
        tr_noop("Training images"),
        tr_noop("At most this many are used for training; the teacher evaluates each of them once."),
        ge=1,
        le=60_000,
    )
    teacher: str = Field("", strict=True, max_length=1000)  # a file, chosen with a button; empty: the bundled reader

    @property
    def teacher_name(self) -> str:
        """The teacher's file name without folders; empty for the bundled reader."""
        return PurePath(self.teacher).name

    @property
    def own_path(self) -> str:
        return self.teacher

    @property
    def summary(self) -> Message:
        if not self.teacher:
            return message("The bundled reader is the teacher. Any trained network of digits can be one.")
        return message("{name} is the teacher.", name=self.teacher_name)

    def account(self, skips: Counts) -> Message:
        return message("{name} is the teacher.", name=self.teacher_name)

    @property
    def preparation(self) -> Message:
        return message("The teacher is evaluating {count:,} images…", count=self.train_count)

    def call(self) -> Call:
        counts = (self.train_count, self.validation_count)
        return call("playground.engine.data.sources.distillation.read", *counts, teacher=self.teacher)

    def loading(self) -> Loading:
        """The loading code: it builds the teacher and loads its weights from a file.

        Raises:
            PlaygroundError: the teacher's file cannot be read, or its network does not classify digits.
        """
        from playground.spec.export.distillation import loading  # made of experiments, and so of data sets

        return loading(self.teacher, self.train_count, self.validation_count)
