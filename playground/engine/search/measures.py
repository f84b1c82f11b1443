"""Figures of a trained network beyond loss and score, for the goals that need them; all on validation data."""

from __future__ import annotations

from statistics import fmean

from torch import nn

from playground.engine.data.in_memory import Subset
from playground.engine.data.spread_subset import some
from playground.engine.evaluation.answers import all_answers
from playground.engine.evaluation.calibration import calibration
from playground.engine.fitness.robustness import MOST_SPOILED, STRENGTHS
from playground.engine.probes.robustness import CorruptedSamples
from playground.spec.corruptions import corruptions_of
from playground.spec.experiment import Experiment


def calibration_error(network: nn.Sequential, experiment: Experiment, part: Subset) -> float:
    """The expected calibration error, from 0 to 1; see `evaluation.calibration`. The data have classes."""
    found = all_answers(network, experiment, part).classes
    assert found is not None
    return calibration(found.confidence, found.true == found.predicted).ece


def spoiled_score(network: nn.Sequential, experiment: Experiment, part: Subset) -> float:
    """The mean of the scores on pictures that are spoiled in each way and strength of `fitness.robustness.STRENGTHS`.

    Of `MOST_SPOILED` samples from all over the part. Each way counts as much as any other, however many strengths it
    has.
    """
    data = experiment.data
    samples = some(part, data, MOST_SPOILED)
    width = data.sample_shape[-1]
    means = []
    for way in (one for one in corruptions_of(data) if one.id in STRENGTHS):
        values = [strength * way.magnified(width) for strength in STRENGTHS[way.id]]
        spoiled = [CorruptedSamples(samples, data.task, way, value) for value in values]
        means.append(fmean(all_answers(network, experiment, item).evaluation.score for item in spoiled))
    return fmean(means)
