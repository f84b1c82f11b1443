"""Puts together what is said of a network after its test."""

from __future__ import annotations

from typing import NamedTuple

from playground.engine.answers import Answers
from playground.engine.baseline import baseline
from playground.engine.data import Data
from playground.engine.evaluate import Evaluation
from playground.spec.experiment import Experiment
from playground.spec.presets import promise
from playground.spec.verdict import Findings, verdict
from playground.spec.words import Message


class Judged(NamedTuple):
    """What a test means, and the figures of `Finished` that it is said with."""

    verdict: Message
    baseline_score: float | None
    test_rmse: float | None
    test_mae: float | None


def judged(
    experiment: Experiment, data: Data, found: Evaluation | None, answers: Answers, step: int, stopped: bool
) -> Judged:
    """Judge a network after so many steps; `found` is None where there was nothing to test with."""
    recipe, (loss, score) = experiment.recipe, found or (0.0, 0.0)
    tested = Findings(
        loss=loss,
        score=score,
        samples=len(data.test) if found else 0,
        same=answers.same,
        rmse=answers.rmse,
        mae=answers.mae,
        step=step,
        planned=recipe.epochs * recipe.steps_per_epoch(len(data.train)),
        stopped=stopped,
    )
    without = baseline(experiment.data, data)
    said = verdict(experiment, tested, without, promise(experiment))
    return Judged(said, without.score if without else None, answers.rmse, answers.mae)
