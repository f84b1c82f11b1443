"""The report on whether a trained network is fit to deploy, item by item."""

from __future__ import annotations

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

FORMAT = 1  # of the JSON: raised when a name in it is changed or left out


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
    """Measure a network.

    Args:
        trained: with the data set that it is measured on, on the CPU.
        data: of its experiment.

    Raises:
        DataError: there are neither test nor validation samples.
        Cancelled: as `stop_if_cancelled`.
    """
    found = measured(trained, data)
    inputs = found.final.samples.cut(0, BATCHES[-1])[0]
    return Fitness(
        (
            score_item(found),
            calibration_item(found),
            robustness_item(found),
            refusal_item(found),
            *operation_items(trained, inputs),
        )
    )


def as_values(found: Fitness) -> dict[str, Any]:
    """The report for other programs.

    `format` is 1; `fit` says whether no item is red. `items` are objects with `id`, `status` (`green`, `red`,
    `measured` where there is no bar, `not_applicable`), `reason`, `fix` (null where nothing has to be mended) and
    `figures`, an object whose names are stable for each id: empty where it does not apply. Shares and scores are of 1,
    `part` is `test` or `validation`. Ids: score, calibration, robustness, non_examples, determinism, size, speed,
    versions.
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
    return {"format": FORMAT, "fit": found.fit, "items": items}
