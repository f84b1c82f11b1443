"""The answers of a teacher and its student to the same drawing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playground.gui.panels.digits.inference import ClassProbabilities, read
from playground.gui.panels.pad.raster import Grey
from playground.gui.session.network_source import NetworkSource
from playground.spec.datasets.distillation import DistilledMNIST

if TYPE_CHECKING:
    from torch import nn

    from playground.engine.weights import Trained


@dataclass(frozen=True, slots=True)
class TeacherAndStudent:
    """The class probabilities of both networks, (10,) each."""

    teacher: tuple[float, ...]
    pupil: ClassProbabilities
    picture: Grey = field(compare=False, repr=False)


class DistillationInference:
    """Queries both networks; called in the inference thread, where it caches the teacher."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._teacher: Trained | None = None

    def __call__(self, network: nn.Sequential, source: NetworkSource, picture: Grey) -> TeacherAndStudent:
        """Classify a picture, (28, 28) in [0, 1].

        Raises:
            DataError: the teacher's file cannot be read, or contains no network for digits.
        """
        data = source.experiment.data
        teacher = self._teacher_of(data.teacher if isinstance(data, DistilledMNIST) else "")
        teacher_source = NetworkSource(teacher.experiment, None, 0, trained=True)
        return TeacherAndStudent(
            read(teacher.network, teacher_source, picture).probabilities, read(network, source, picture), picture
        )

    def _teacher_of(self, path: str) -> Trained:
        from playground.engine.data.sources.distillation import teacher_of

        if self._teacher is None or path != self._path:
            self._teacher = teacher_of(path)
            self._path = path
        return self._teacher
