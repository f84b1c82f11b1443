"""The report on whether a trained network is fit to deploy, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playground.engine.data.in_memory import Data
from playground.engine.fitness.calibration import calibration_item
from playground.engine.fitness.item import Item, Status
from playground.engine.fitness.operation import BATCHES, operation_items
from playground.engine.fitness.parts import measured
from playground.engine.fitness.refusal import refusal_item
from playground.engine.fitness.robustness import robustness_item
from playground.engine.fitness.score import score_item
from playground.engine.weights import Trained
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop

FORMAT = 1  # of the JSON: raised when a name in it is changed or left out
COUNT = 8  # items of a report


@dataclass(frozen=True, slots=True)
class Fitness:
    """All items, in the order in which they are shown."""

    items: tuple[Item, ...]

    @property
    def fit(self) -> bool:
        """Whether no item is red; those without a bar, and those that do not apply, do not count."""
        return all(item.status is not Status.RED for item in self.items)

    def __getitem__(self, name: str) -> Item:
        """The item of that id."""
        return next(item for item in self.items if item.id == name)


def fitness(trained: Trained, data: Data) -> Fitness:
    """Measure a network; arguments and errors as those of `fitness_items`."""
    return Fitness(tuple(found for found in fitness_items(trained, data) if isinstance(found, Item)))


def fitness_items(trained: Trained, data: Data) -> Iterator[Message | Item]:
    """Measure a network item by item.

    Args:
        trained: with the data set that it is measured on, on the CPU.
        data: of its experiment.

    Yields:
        What is being measured, before each step that takes a while, and `COUNT` items.

    Raises:
        DataError: there are neither test nor validation samples.
        Cancelled: as `stop_if_cancelled`.
    """
    yield message("The network answers…")
    found = measured(trained, data)
    yield score_item(found)
    yield message("Confidences are compared with how often they are right…")
    yield calibration_item(found)
    yield message("Pictures are turned, shifted, made noisy and pale…")
    yield robustness_item(found)
    yield message("It is asked about pictures that show none of the classes…")
    yield refusal_item(found)
    inputs = found.final.samples.cut(0, BATCHES[-1])[0]
    yield message("Its answers are compared and timed…")
    yield from operation_items(trained, inputs)


def conclusion(items: Sequence[Item]) -> Message:
    """The verdict of the items; those without a bar, and those that do not apply, do not count."""
    counted = [item for item in items if item.status in (Status.GREEN, Status.RED)]
    failed = [item for item in counted if item.status is Status.RED]
    if not failed:
        return message("Fit to deploy: all {count} bars are met.", count=len(counted))
    words = tr_noop("Not fit to deploy yet: bars not met: {failed} of {count}.")
    return message(words, failed=len(failed), count=len(counted))


def as_values(experiment: Experiment, found: Fitness) -> dict[str, Any]:
    """The report for other programs.

    `name` and `data` are of the experiment. `format` is 1; `fit` says whether no item is red. `items` are objects with
    `id`, `status` (`green`, `red`, `measured` where there is no bar, `not_applicable`), `reason`, `fix` (null where
    nothing has to be mended) and `figures`, an object whose names are stable for each id: empty where it does not
    apply. Shares and scores are of 1, `part` is `test` or `validation`. Ids: score, calibration, robustness,
    non_examples, determinism, size, speed, versions.
    """
    items = [
        {
            "id": item.id,
            "status": item.status.value,
            "reason": str(item.reason),
            "fix": None if item.fix is None else str(item.fix),
            "figures": dict(item.figures),
        }
        for item in found.items
    ]
    head = {"name": experiment.name, "data": str(experiment.data.title)}
    return {**head, "format": FORMAT, "fit": found.fit, "items": items}
