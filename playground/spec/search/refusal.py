"""Why a network is not trained in a search: what keeps it from being trained at all, and the limits of the space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.spec.check.memory import training_bytes
from playground.spec.check.problems import check
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import bytes_text, flops_text, milliseconds_text, parameters_text
from playground.spec.search.space import Limits


def refusal(experiment: Experiment, limits: Limits) -> Message | None:
    """The first reason why it is not trained; None if there is none. For milliseconds see `slow`."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    problems = check(experiment, rows=rows)
    if problems:
        return problems[0].what
    sums, memory = totals(rows), training_bytes(experiment, rows)
    words = tr_noop("{found}, more than {limit}.")
    if 0 < limits.parameters < sums.parameters:
        values = parameters_text(sums.parameters), parameters_text(limits.parameters)
        return message(words, found=values[0], limit=values[1])
    if 0 < limits.flops < sums.flops:
        return message(words, **_apart(flops_text, "FLOP", sums.flops, limits.flops))
    if 0 < limits.memory < memory:
        return message(words, **_apart(bytes_text, "B", memory, limits.memory))
    return None


def slow(milliseconds: float, limits: Limits) -> Message | None:
    """The reason why a network that takes so long for one sample is not trained; None if there is none."""
    if not 0 < limits.milliseconds < milliseconds:
        return None
    words = tr_noop("It takes {found}, more than {limit}.")
    return message(words, **_apart(milliseconds_text, "ms", milliseconds, limits.milliseconds))


def _apart(text: Callable[[Any], str], unit: str, found: float, limit: float) -> dict[str, str]:
    """A figure and the limit that it exceeds, in full where both would be rounded to the same text."""
    told = {"found": text(found), "limit": text(limit)}
    if told["found"] != told["limit"]:
        return told
    return {name: f"{value:,} {unit}" for name, value in (("found", found), ("limit", limit))}
