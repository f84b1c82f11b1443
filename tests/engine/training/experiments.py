"""Experiments for the tests of runs."""

from __future__ import annotations

from playground.spec.experiment import Experiment


def changed(experiment: Experiment, **values: object) -> Experiment:
    """The experiment with another recipe."""
    return experiment.with_(recipe=experiment.recipe.with_(**values))
