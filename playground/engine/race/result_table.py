"""The table at the end of a race in words, the same in window and terminal."""

from __future__ import annotations

from collections.abc import Sequence

from playground.engine.evaluation.run_summary import compared, score_name
from playground.engine.race.contestant import Result
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import NO_FIGURE, fixed_text, flops_text, loss_text, percent_text, seconds_text

NUMBERS = range(2, 9)  # columns with numbers, aligned to the right


def header(table: Sequence[Result], data: Dataset) -> tuple[Message, ...]:
    """The titles of the columns; score and loss say of which part of the data they are."""
    part = next((line.scored_on for line in table if line.scored_on), "validation")
    loss = compared(message("loss"), data, part)
    figures = {
        "validation": (tr_noop("Validation {score}"), tr_noop("Validation {loss}")),
        "test": (tr_noop("Test {score}"), tr_noop("Test {loss}")),
    }[part]
    return (
        message(""),
        message("Name"),
        message(figures[0], score=score_name(data, part)),
        message(figures[1], loss=loss),
        message("Steps"),
        message("Epochs"),
        message("FLOPs of training"),
        message("Own time"),
        message("Parameters"),
    )


def cells(place: int, line: Result) -> tuple[str, ...]:
    """A line of the table; `place` counts from 1, and is not shown of one without a score."""
    return (
        NO_FIGURE if line.score is None else f"{place}",
        line.name,
        percent_text(line.score),
        loss_text(line.loss),
        f"{line.steps:,}",
        fixed_text(line.epochs, 2),
        flops_text(line.flops),
        seconds_text(line.seconds),
        NO_FIGURE if line.parameters is None else f"{line.parameters:,}",
    )


def remarks(table: Sequence[Result]) -> tuple[Message, ...]:
    """Who is out of the race or used less than its budget, and why; and if the scores are of test data."""
    found = [
        message("{name} is out: {reason}", name=line.name, reason=line.out)
        if line.out
        else message("{name} used less than its budget: {reason}", name=line.name, reason=line.early)
        for line in table
        if line.out or line.early
    ]
    if any(line.scored_on == "test" for line in table):
        words = tr_noop(
            "Nothing is held out for validation: these are test scores,"
            " and the best of several test scores is optimistic."
        )
        found.append(message(words))
    return tuple(found)
