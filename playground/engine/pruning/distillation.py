"""Knowledge distillation: a smaller network learns the probabilities of a whole one beside the labels."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from playground.engine.data.in_memory import Data, InputTargetPairs, LimitedSubset, Subset
from playground.engine.evaluation.evaluate import chunk_size, probabilities
from playground.engine.pruning.groups import PruningError
from playground.engine.training.snapshots import Figures
from playground.spec.call import Call, call
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop
from playground.spec.recipe.losses import KLDivergence, Loss
from playground.spec.recipe.output_activations import SOFTMAX

LABEL_SHARE = 0.1  # of the loss: Hinton et al. found a much lower weight best for the labels
TEMPERATURE = 4.0
_MARK = 2.0  # above every probability


class TeachersLoss(KLDivergence):
    """The loss of `losses.distillation`; it has no id, for nobody chooses it by itself."""

    label_share: float = LABEL_SHARE

    @property
    def plain(self) -> Loss | None:
        return None

    def call(self) -> Call:
        values = {"temperature": self.temperature, "label_share": self.label_share}
        return call("playground.engine.losses.distillation", **values)


class Lesson(NamedTuple):
    """The experiment and the data that a student is trained with."""

    experiment: Experiment  # the student's, with another loss
    data: Data  # with other training targets


def lesson(experiment: Experiment, data: Data, teacher: nn.Sequential, loss: Loss, temperature: float) -> Lesson:
    """The training of a student by a teacher, both on the CPU.

    The teacher answers once for each training sample, before augmentation.

    Args:
        experiment: the student's.
        data: the student's.
        teacher: a network for the same samples and classes.
        loss: that the teacher was trained with, which says what its outputs mean.
        temperature: above 1 probabilities are softened, see `losses.distillation`.

    Raises:
        PruningError: the student has no classes or no logits, or its training samples cannot be given other targets.
        Cancelled: where `stop_if_cancelled` does.
    """
    task, recipe = experiment.data.task, experiment.recipe
    if task.classes is None or task.positions != 1:
        raise PruningError(message("Only a network that gives each sample one class can learn from a teacher."))
    if recipe.loss.output_activation != SOFTMAX:
        words = tr_noop("The loss “{loss}” takes no logits for a softmax: choose cross entropy to distill.")
        raise PruningError(message(words, loss=message(recipe.loss.label)))
    for item in recipe.augmentations:
        if item.mixes:
            words = tr_noop("{augmentation} mixes labels, which the teacher knows nothing of: remove it to distill.")
            raise PruningError(message(words, augmentation=message(item.label)))
    own = TeachersLoss(temperature=temperature)
    train = _with_answers(data.train, teacher, loss, chunk_size(experiment))
    taught = Data(train, data.validation, data.test, scaling=data.scaling, remarks=data.remarks)
    return Lesson(experiment.with_(recipe=recipe.with_(loss=own)), taught)


def without_losses(figures: Figures) -> Figures:
    """The figures of a student: its losses are those of the lesson, not of its experiment."""
    return figures._replace(train_loss=None, validation_loss=None, test_loss=None)


def _with_answers(train: Subset, teacher: nn.Sequential, loss: Loss, chunk: int) -> Subset:
    """The samples with the teacher's probabilities, (N, C) float32, to which `_MARK` is added at the right class."""
    if isinstance(train, LimitedSubset):
        return LimitedSubset(_with_answers(train.whole, teacher, loss, chunk), train.count)
    if not isinstance(train, InputTargetPairs) or train.targets.is_floating_point() or train.targets.dim() != 1:
        raise PruningError(message("These training samples have no labels that a teacher could add to."))
    answers: list[Tensor] = []
    for start in range(0, len(train), chunk):
        stop_if_cancelled()
        inputs, labels = train.cut(start, start + chunk)
        known = torch.from_numpy(probabilities(teacher, inputs, loss))
        answers.append(known + _MARK * F.one_hot(labels, known.shape[1]))
    return InputTargetPairs(train.inputs, torch.cat(answers))
