"""Which samples a report on fitness is of: held-out ones to decide by, test ones for the final figure."""

from __future__ import annotations

from typing import NamedTuple

from playground.engine.data.in_memory import Data
from playground.engine.evaluation.answers import Answers, all_answers
from playground.engine.evaluation.data_part import EvaluatedPart, Part, default_part, part_of
from playground.engine.weights import Trained
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, message, tr_noop

MOST = 10_000  # samples that temperature and threshold are found and measured on
_MOST_PLACES = 200_000  # with all their positions
_MOST_PROBABILITIES = 4_000_000  # with all classes of each


class Measured(NamedTuple):
    """A network with its answers on the samples that a report is of."""

    trained: Trained
    data: Data
    final: EvaluatedPart  # for the final figure
    answers: Answers  # on it
    held_out: EvaluatedPart  # to decide by; of many, some
    decided: Answers  # on it
    checked: EvaluatedPart  # of `final` all or some: what was decided is measured on them
    check: Answers

    @property
    def remark(self) -> Message | None:
        """A caution where a decision is measured on the samples that decided it."""
        if self.held_out.part is not self.checked.part:
            return None
        words = tr_noop("Chosen and measured on the same {samples}, because none are held out: it flatters.")
        return message(words, samples=message(self.final.dataset.samples))


def measured(trained: Trained, data: Data) -> Measured:
    """Ask a network about its test samples and those that are held out.

    Raises:
        DataError: there are neither.
        Cancelled: as `stop_if_cancelled`.
    """
    dataset = trained.experiment.data
    final_part = Part.TEST if len(data.test) else Part.VALIDATION
    final = part_of(data, dataset, final_part)
    most = most_samples(dataset)
    held_out = part_of(data, dataset, default_part(data), most)
    checked = part_of(data, dataset, final_part, most)

    def asked(part: EvaluatedPart) -> Answers:
        return all_answers(trained.network, trained.experiment, part.samples, origin=data.origin, unit=data.unit)

    answers = asked(final)
    check = answers if len(checked.samples) == len(final.samples) else asked(checked)
    same = held_out.part is checked.part
    return Measured(trained, data, final, answers, held_out, check if same else asked(held_out), checked, check)


def most_samples(dataset: Dataset) -> int:
    """How many samples what is decided is found on, at most."""
    positions, classes = dataset.task.positions, dataset.task.classes or 1
    return max(1, min(MOST, _MOST_PLACES // positions, _MOST_PROBABILITIES // (positions * classes)))
