"""Builds the verdict on a network after its test."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from playground.engine.build import applied
from playground.engine.data.in_memory import Data
from playground.engine.evaluation.baseline import BaselineScorer
from playground.engine.evaluation.evaluate import Evaluation
from playground.engine.evaluation.scores import activation_of
from playground.engine.evaluation.test_answers import AnswerStatistics
from playground.spec.experiment import Experiment
from playground.spec.files.presets import promise
from playground.spec.messages import Message
from playground.spec.verdict import Findings, verdict


class Conclusion(NamedTuple):
    """The verdict on a test, and the figures of `Finished` that belong to it."""

    verdict: Message
    baseline_score: float | None
    test_rmse: float | None
    test_mae: float | None


class VerdictBuilder:
    """Observes a test and builds the verdict on it."""

    def __init__(self, experiment: Experiment, data: Data) -> None:
        self._experiment, self._data = experiment, data
        self._answers, self._baseline = (
            AnswerStatistics(experiment.data, data.unit),
            BaselineScorer(experiment.data, data),
        )

    def watch(self, inputs: Tensor, outputs: Tensor, targets: Tensor) -> None:
        """Add one chunk of the test samples and the network's outputs."""
        activation = activation_of(self._experiment.data.task, self._experiment.recipe.loss.output_activation)
        self._answers.note(applied(activation, outputs), targets)
        self._baseline.note(inputs, targets)

    def judge(self, found: Evaluation | None, step: int, stopped: bool) -> Conclusion:
        """The verdict after this many steps; `found` is None where the test was cancelled, or there is none."""
        recipe, answers = self._experiment.recipe, self._answers
        baseline = self._baseline.found if found else None
        rmse, mae = (answers.rmse, answers.mae) if found else (None, None)
        loss, score = (found.loss, found.score) if found else (0.0, 0.0)
        tested = Findings(
            loss=loss,
            score=score,
            samples=len(self._data.test),
            given_up=found is None,
            same=answers.same,
            rmse=rmse,
            mae=mae,
            step=step,
            planned=recipe.epochs * recipe.steps_per_epoch(len(self._data.train)),
            stopped=stopped,
        )
        text = verdict(self._experiment, tested, baseline, promise(self._experiment))
        return Conclusion(text, baseline.score if baseline else None, rmse, mae)
