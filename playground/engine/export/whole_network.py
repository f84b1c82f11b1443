"""A network with what comes before and after it: bytes, columns, points or characters in, answers out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.build import applied
from playground.engine.data.alphabet import CASED, Alphabet, lower_of
from playground.engine.data.alphabet import points as points_of
from playground.engine.data.in_memory import Data, pixels
from playground.engine.data.scaling import Scaling
from playground.engine.data.sources.points import as_inputs
from playground.engine.data.sources.table import rows_at
from playground.engine.data.sources.text import alphabet, units
from playground.engine.evaluation.evaluate import beliefs
from playground.engine.export.inputs import MOST, CheckedInputs, checked_inputs
from playground.engine.export.verification import ExportError
from playground.engine.inference.table_answers import scaled, scaling_of
from playground.engine.weights import Trained
from playground.spec.data.dataset import Dataset
from playground.spec.data.table_summary import Column
from playground.spec.datasets.points import Plane
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Text
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop


class Pixels(nn.Module):
    """Bytes (N, C, H, W) from 0 to 255 to numbers from 0 to 1."""

    def forward(self, stored: Tensor) -> Tensor:
        return stored.to(torch.float32) / 255.0


class PointFeatures(nn.Module):
    """Points x, y (N, 2) float64 to the features (N, F) of `engine.data.sources.patterns`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)

    def forward(self, points: Tensor) -> Tensor:
        x, y = points[:, 0], points[:, 1]
        known = {
            "x": x,
            "y": y,
            "x_squared": x * x,
            "y_squared": y * y,
            "xy": x * y,
            "sin_x": x.sin(),
            "sin_y": y.sin(),
        }
        return torch.stack([known[name] for name in self.names], 1).to(torch.float32)


class Columns(nn.Module):
    """Columns (N, C) float64 to scaled inputs (N, F), as `engine.data.sources.vectors` makes them.

    A column holds numbers, or indices of categories; NaN where a value is missing.
    """

    def __init__(self, columns: Sequence[Column], scaling: Scaling) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.fills = scaling.fills or (0.0,) * len(columns)
        self.means: Tensor
        self.deviations: Tensor
        self.register_buffer("means", torch.tensor(scaling.means, dtype=torch.float64))
        self.register_buffer("deviations", torch.tensor(scaling.deviations, dtype=torch.float64))

    def forward(self, values: Tensor) -> Tensor:
        parts = [self._inputs(values[:, n], column, self.fills[n]) for n, column in enumerate(self.columns)]
        return ((torch.cat(parts, 1) - self.means) / self.deviations).to(torch.float32)

    def _inputs(self, values: Tensor, column: Column, fill: float) -> Tensor:
        absent = values.isnan()
        if column.kind == "category":
            count = len(column.categories)
            codes = torch.where(absent, torch.full_like(values, count if column.own_missing else fill), values)
            every = torch.arange(count + column.own_missing, dtype=torch.float64)
            return (codes[:, None] == every).to(torch.float64)
        there = torch.where(absent, torch.full_like(values, fill), values)[:, None]
        return torch.cat([there, absent[:, None].to(torch.float64)], 1) if column.own_missing else there


class Characters(nn.Module):
    """Characters (N, steps), as Unicode code points int64, to their codes int64.

    A graph cannot leave out characters that the network does not know, as the engine does: they are read as the code
    `other`. With `folded`, capitals are read as their small letters.
    """

    def __init__(self, characters: str, other: int, *, folded: bool) -> None:
        super().__init__()
        known = points_of(characters)
        every = np.arange(max(int(known.max()) + 1, CASED if folded else 0), dtype=known.dtype)
        code_of = np.full(len(every), other, np.int32)
        code_of[known] = np.arange(len(known))
        if folded:
            code_of = code_of[lower_of(every)]
        used = code_of[: np.flatnonzero(code_of != other).max(initial=0) + 1]
        table = np.append(used, np.int32(other))  # the last one is that of all points beyond
        self.table: Tensor
        self.register_buffer("table", torch.from_numpy(table))

    def forward(self, points: Tensor) -> Tensor:
        return self.table[points.clamp(0, len(self.table) - 1)].to(torch.int64)


class Answers(nn.Module):
    """Outputs to probabilities of classes, in the outputs' shape; or to numbers, those of a table in its own unit."""

    def __init__(self, network: nn.Sequential, experiment: Experiment, scaling: Scaling | None) -> None:
        super().__init__()
        self.network = network
        self.experiment = experiment
        self.scaling = scaling

    def forward(self, inputs: Tensor) -> Tensor:
        outputs: Tensor = self.network(inputs)
        loss, task = self.experiment.recipe.loss, self.experiment.data.task
        if task.classes is None:
            values = applied(loss.output_activation.call, outputs)
            known = self.scaling
            return values if known is None else values * known.target_deviation + known.target_mean
        placed = outputs.movedim(1, -1) if outputs.dim() == 4 else outputs
        shares = beliefs(self.network, placed, loss)
        return shares.movedim(-1, 1) if outputs.dim() == 4 else shares


class Around(nn.Module):
    """A network with preprocessing before it and the meaning of its outputs behind it."""

    def __init__(self, before: nn.Module, answers: Answers) -> None:
        super().__init__()
        self.before = before
        self.answers = answers

    def forward(self, given: Tensor) -> Tensor:
        found: Tensor = self.answers(self.before(given))
        return found


def around(trained: Trained, network: nn.Sequential) -> Around:
    """The whole of a trained network, of which `network` is the portable copy.

    Raises:
        ExportError: its columns hold dates, which no graph of numbers can take apart.
    """
    experiment, scaling = trained.experiment, None
    data = experiment.data
    before: nn.Module = nn.Identity()
    if isinstance(data, Table):
        scaling = scaling_of(experiment, trained.scaling, trained=True)
        if dates := [column.name for column in data.inputs if column.kind == "date"]:
            words = tr_noop(
                "Years, months and weekdays cannot be read from “{name}” in this format: leave out “--whole”."
            )
            raise ExportError(message(words, name=dates[0]))
        before = Columns(data.inputs, scaling)
    elif isinstance(data, Plane):
        before = PointFeatures(data.features)
    elif (known := _alphabet(data)) is not None:
        before = Characters(known, known.index(_other(known)), folded=_folded(data))
    elif len(data.sample_shape) == 3:
        before = Pixels()
    return Around(before, Answers(network, experiment, scaling)).eval()


def raw_inputs(trained: Trained, data: Data | None) -> tuple[CheckedInputs, Tensor]:
    """Questions for the whole network, and the same as the engine prepares them for the network itself, both (N, …)."""
    experiment = trained.experiment
    asked = checked_inputs(experiment, data)
    if isinstance(experiment.data, Table):
        scaling = scaling_of(experiment, trained.scaling, trained=True)
        rows = _random_rows(experiment.data) if asked.places is None else rows_at(experiment.data, asked.places)
        return asked._replace(inputs=torch.from_numpy(rows)), scaled(experiment, scaling, rows)
    if isinstance(experiment.data, Plane):
        points = torch.empty(len(asked.inputs), 2, dtype=torch.float64)
        points.uniform_(-1.0, 1.0, generator=torch.Generator().manual_seed(0))
        words = message("{count} random points of the plane", count=len(points))
        inputs = as_inputs([(x, y, 0.0) for x, y in points.tolist()], experiment.data.features)
        return CheckedInputs(points, words), inputs
    if (known := _alphabet(experiment.data)) is not None:
        points = torch.from_numpy(points_of(known).astype(np.int64))
        return asked._replace(inputs=points[asked.inputs]), asked.inputs
    if len(experiment.data.sample_shape) == 3:
        stored = (asked.inputs * 255.0).round().clamp(0, 255).to(torch.uint8)
        return asked._replace(inputs=stored), pixels(stored)
    return asked, asked.inputs


def _alphabet(data: Dataset) -> str | None:
    """The characters that a network reads one by one, in the order of their codes; None if it reads something else."""
    if not isinstance(data, Text):
        return None
    known = units(data) if data.asked == "next" else alphabet(data)
    return known.characters if isinstance(known, Alphabet) and known.characters else None


def _other(known: str) -> str:
    """The character that stands for one that is not known: that with which windows are filled up."""
    return "\n" if "\n" in known else known[0]


def _folded(data: Dataset) -> bool:
    """Whether the text is read without capitals."""
    return isinstance(data, Text) and data.asked == "restore"


def _random_rows(data: Table) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Values (N, C) of the columns, between those of the table that the network learned from."""
    drawn, columns = np.random.default_rng(0), []
    for column in data.inputs:
        if column.kind == "category":
            columns.append(drawn.integers(0, max(1, len(column.categories)), MOST).astype(np.float64))
        else:
            columns.append(drawn.uniform(column.low, column.high, MOST))
    return np.stack(columns, 1)


def taken(experiment: Experiment) -> Message:
    """A sentence on the inputs of the whole network."""
    data = experiment.data
    if isinstance(data, Table):
        names = ", ".join(column.name for column in data.inputs)
        if not any(column.kind == "category" for column in data.inputs):
            return message("It takes the columns {names} in this order, as numbers of 64 bits.", names=names)
        words = tr_noop(
            "It takes the columns {names} in this order, as numbers of 64 bits; for a text, its index among the "
            "categories that the metadata list."
        )
        return message(words, names=names)
    if isinstance(data, Plane):
        return message("It takes points, x and y, as numbers of 64 bits.")
    if (known := _alphabet(data)) is not None:
        other = f"U+{ord(_other(known)):04X}"
        words = tr_noop(
            "It takes characters as Unicode code points, whole numbers of 64 bits; one that it does not know is read "
            "as {other}."
        )
        folded = tr_noop(
            "It takes characters as Unicode code points, whole numbers of 64 bits, of a text without punctuation "
            "marks; capitals are read as small letters, and a character that it does not know as {other}."
        )
        return message(folded if _folded(data) else words, other=other)
    if len(data.sample_shape) == 3:
        return message("It takes pixels as bytes from 0 to 255, channels first.")
    return message("It takes codes, as the network itself does.")
