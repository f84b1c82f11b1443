"""What a file says of itself before any weights are read: its experiment and, of a trained network, its figures.

It needs no torch, so that a network is shown at once by a window in which torch is still being imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import FiniteFloat, TypeAdapter, ValidationError

from playground.engine.account import loss_in_words, trained_for
from playground.engine.snapshots import Figures
from playground.spec.experiment import Experiment
from playground.spec.files import read_experiment
from playground.spec.network_file import SUFFIX, Refused, described, metadata_of, read_header
from playground.spec.task import Task
from playground.spec.words import Message, mark, say

_T = TypeVar("_T")


class Description(NamedTuple):
    """An experiment, and how well the network did that was trained as it; no figures where the file holds none."""

    experiment: Experiment
    figures: Figures | None


def read_description(path: Path) -> Description:
    """What an experiment file, or the header of a trained network, says. No tensor is read.

    Raises:
        FileError: it cannot be read, or is neither; the message names it and says what is wrong.
    """
    if path.suffix.lower() != SUFFIX:
        return Description(read_experiment(path), None)
    try:
        metadata = metadata_of(read_header(path)[0])
        return Description(described(metadata), figures_of(metadata))
    except Refused as refusal:
        raise refusal.named(path) from refusal


def in_brief(figures: Figures, task: Task) -> Message:
    """How well the network did, in a few words: on the test set, or else on what was measured."""
    parts = ("test", figures.test_score), ("validation", figures.validation_score), ("train", figures.train_score)
    for part, score in parts:
        if score is not None:
            return say(
                "{part} {score} {value}", part=say(part), score=say(task.score.word), value=task.score.written(score)
            )
    return say("{count:,} steps", count=figures.step)


def in_full(figures: Figures, task: Task) -> Message:
    """All that is known of it, a line each."""
    lines = [trained_for(figures)]
    for part in (mark("train"), mark("validation"), mark("test")):
        loss, score = getattr(figures, f"{part}_loss"), getattr(figures, f"{part}_score")
        if loss is not None and score is not None:
            words, value = "{part}: loss {loss}, {score} {value}", task.score.written(score)
            told = loss_in_words(loss, getattr(figures, f"{part}_plain_loss", None))
            lines.append(say(words, part=say(part), loss=told, score=say(task.score.word), value=value))
    values = {f"line{i}": line for i, line in enumerate(lines)}
    return Message("\n".join(f"{{{name}}}" for name in values), tuple(values.items()))


def figures_of(metadata: dict[str, Any]) -> Figures:
    """The figures in a network's metadata.

    Raises:
        Refused: they are damaged, or some are unknown.
    """
    adapter = TypeAdapter(dict[str, int | FiniteFloat | None])
    record = checked(adapter, metadata.get("figures"), say("figures"))
    unknown = record.keys() - set(Figures._fields)
    if unknown:
        raise Refused(say("The figure “{name}” in its metadata is unknown.", name=min(unknown)[:60]))
    return checked(TypeAdapter(Figures), metadata["figures"], say("figures"))


def checked(adapter: TypeAdapter[_T], text: Any, what: Message) -> _T:
    """The value that stands as JSON in a network's metadata.

    Raises:
        Refused: it is no such JSON; `what` says in the message what is damaged.
    """
    if not isinstance(text, str):
        raise Refused(say("Its metadata is not complete."))
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        raise Refused(say("The {what} in its metadata are damaged.", what=what)) from error
