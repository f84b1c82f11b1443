"""MNIST with the probabilities that a trained network, the teacher, gives for each training image."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sources import mnist
from playground.engine.evaluation.evaluate import chunk_size, probabilities
from playground.engine.weights import Trained, load
from playground.spec.cancelling import Cancelled, stop_if_cancelled
from playground.spec.data.source_choice import Inspected
from playground.spec.export.distillation import require_teacher
from playground.spec.files.resources import resource
from playground.spec.messages import PlaygroundError


def read(train_count: int, validation_count: int, *, teacher: str = "") -> Data:
    """Read MNIST, and let the teacher predict the targets of the training images.

    Images are (N, 1, 28, 28) uint8. Training targets are the teacher's probabilities, (N, 10) float32, each row adding
    up to 1; validation and test targets are the true labels, (N,) int64.

    Args:
        train_count: number of training images.
        validation_count: number of validation images.
        teacher: path of a trained network; if empty, the bundled reader of digits.

    Raises:
        DataError: a file is missing, unreadable or damaged, or the network does not classify digits.
    """
    digits = mnist.read(train_count, validation_count)
    assert isinstance(digits.train, InputTargetPairs)
    answers = predicted(teacher_of(teacher), digits.train)
    return Data(InputTargetPairs(digits.train.inputs, answers), digits.validation, digits.test)


def inspect(path: str, _told: object = None) -> Inspected:
    """Look at a network that a person has chosen for a teacher; DataError as `teacher_of`."""
    teacher_of(path)
    return Inspected(path)


def teacher_of(path: str) -> Trained:
    """The trained network at a path; if it is empty, the bundled reader of digits.

    Raises:
        DataError: it cannot be read, or does not classify digits of 28 × 28 pixels.
    """
    try:
        trained = load(Path(path).expanduser() if path else resource("presets", "reader.safetensors"))
        require_teacher(trained.experiment, Path(path))
    except Cancelled:
        raise
    except PlaygroundError as error:
        raise DataError(error.message) from error
    return trained


def predicted(teacher: Trained, part: InputTargetPairs) -> Tensor:
    """The teacher's probabilities for each image, (N, 10) float32; raises Cancelled, see `stop_if_cancelled`."""
    loss = teacher.experiment.recipe.loss
    size = chunk_size(teacher.experiment)
    answers = []
    for start in range(0, len(part), size):
        stop_if_cancelled()
        images, _ = part.cut(start, start + size)
        answers.append(torch.from_numpy(probabilities(teacher.network, images, loss)))
    return torch.cat(answers)
