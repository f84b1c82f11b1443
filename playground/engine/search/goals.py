"""Goals of a search: figures of a trained network, and which direction is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from playground.spec.corruptions import corruptions_of
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Score
from playground.spec.messages import tr_noop
from playground.spec.number_text import flops_text, loss_text, milliseconds_text, percent_text


class Goal(NamedTuple):
    """One figure that a search improves. `TrialFigures` has it by its name, or `measured_by` says how to get it."""

    label: str
    greater_is_better: bool
    learned: bool  # known after each epoch, so that a hopeless trial can be ended early
    text: Callable[[float], str]  # as people read it
    share: bool = False  # whether it is a share of 1, whose changes are told in points
    measured_by: str = ""  # a function of `measures`, of a trained network
    suits: Callable[[Dataset], bool] = lambda _: True  # whether the data have such a figure
    needs: str = ""  # a sentence, where they may not


def _count_text(value: float) -> str:
    return f"{round(value):,}"


def _has_classes(data: Dataset) -> bool:
    return data.task.score is Score.ACCURACY and data.task.classes is not None


GOALS = {  # by their names in stored studies and on the command line
    "score": Goal(tr_noop("Validation score"), True, True, percent_text, share=True),
    "loss": Goal(tr_noop("Validation loss"), False, True, loss_text),
    "parameters": Goal(tr_noop("Parameters"), False, False, _count_text),
    "flops": Goal(tr_noop("FLOPs"), False, False, lambda value: flops_text(round(value))),
    # milliseconds of one sample's forward pass, on one thread
    "latency": Goal(tr_noop("Latency"), False, False, milliseconds_text),
    "calibration": Goal(
        tr_noop("Calibration error"),
        False,
        False,
        percent_text,
        share=True,
        measured_by="calibration_error",
        suits=_has_classes,
        needs=tr_noop("The goal “calibration” needs data with classes: only they have confidences."),
    ),
    "robustness": Goal(
        tr_noop("Score when spoiled"),
        True,
        False,
        percent_text,
        share=True,
        measured_by="spoiled_score",
        suits=lambda data: bool(corruptions_of(data)),
        needs=tr_noop("The goal “robustness” needs pictures: it turns, shifts and spoils them."),
    ),
}


class TrialFigures(NamedTuple):
    """The measured figures of a trained network; means over its seeds."""

    score: float
    loss: float
    parameters: int
    flops: int
    latency: float | None  # milliseconds; None where no goal or limit asks for it
    epochs: int  # of all seeds together
    seconds: float  # of training and validation, all seeds together
    scores: tuple[float, ...]  # by seed
    run_ids: tuple[str, ...]
    measured: dict[str, float] = {}  # noqa: RUF012  by the goals that are `measured_by` a function

    def values(self, goals: tuple[str, ...]) -> list[float]:
        """The figures of the goals, in their order."""
        record = self.record
        return [float(record[name]) for name in goals]

    @property
    def record(self) -> dict[str, Any]:
        """All figures by name, as they are stored with a trial."""
        values = self._asdict()
        return {**values, **values.pop("measured")}


def curve_goal(goals: Sequence[str]) -> str:
    """The goal that the learning curves of trials are of: the first one, or the score if it is not learned."""
    return goals[0] if GOALS[goals[0]].learned else "score"


def figure_text(goal: str, value: float) -> str:
    """The figure of a goal, as people read it."""
    return GOALS[goal].text(value)
