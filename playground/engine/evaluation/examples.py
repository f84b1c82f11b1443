"""Single examples of an evaluation, with their inputs as people can see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch import Tensor

from playground.engine.data.in_memory import DataError
from playground.engine.data.sources.text import units
from playground.engine.data.spread_subset import indices
from playground.engine.evaluation.data_part import EvaluatedPart
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.labelled import FIRST_CODE, PADDING, LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Text
from playground.spec.number_text import setting_text

_LONGEST = 60  # characters of a text that stand for it
_MOST_NUMBERS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One sample, as the network receives it."""

    index: int  # among the samples that are evaluated
    place: int  # within its part, of which these may be some
    inputs: npt.NDArray[np.generic]
    target: npt.NDArray[np.generic]
    picture: npt.NDArray[np.uint8] | None  # (H, W) or (H, W, 3), where the input is a picture
    text: str  # otherwise what the input says, shortened; empty where only its panel can show it
    origin: Origin | None = None  # where it can be changed


class Origin(NamedTuple):
    """How a sample is known when it is changed, see `spec.data.changed_examples`."""

    number: int  # in the data set's own order
    digest: str  # of its contents
    class_name: str  # as the file says; empty where the target is a number


def examples(part: EvaluatedPart, chosen: Sequence[int]) -> tuple[Example, ...]:
    """The samples of these indices; reads one after another, as they may lie on a disk."""
    places, numbers = indices(part.samples), part.numbers
    return tuple(_example(part, index, int(places[index]), numbers) for index in chosen)


def _example(part: EvaluatedPart, index: int, place: int, numbers: npt.NDArray[np.int64]) -> Example:
    inputs, targets = part.samples.cut(index, index + 1)
    picture = _picture(inputs[0])
    text = "" if picture is not None else _text(part.dataset, inputs[0])
    origin = _origin(part, int(numbers[index])) if len(numbers) else None
    return Example(index, place, inputs[0].cpu().numpy(), targets[0].cpu().numpy(), picture, text, origin)


def _origin(part: EvaluatedPart, number: int) -> Origin | None:
    """None for a test sample, for a picture that was mixed in, and where the file cannot be read any more."""
    order, names = part.order, part.dataset.class_names
    if order is None or number < 0:
        return None
    try:
        digest = order.digest(number)
    except DataError:
        return None
    return Origin(number, digest, names[order.classes[number]] if names else "")


def _picture(sample: Tensor) -> npt.NDArray[np.uint8] | None:
    if sample.dim() != 3 or sample.shape[0] not in (1, 3) or not sample.is_floating_point():
        return None
    channels = (sample.clamp(0, 1) * 255).round().byte().cpu().numpy()
    return np.ascontiguousarray(channels[0] if len(channels) == 1 else channels.transpose(1, 2, 0))


def _text(data: Dataset, sample: Tensor) -> str:
    if isinstance(data, Text):
        return _shortened(units(data).text(sample.tolist()))
    if isinstance(data, LabelledTexts):
        codes = [code for code in sample.tolist() if code != PADDING]
        return _shortened("".join(data.alphabet[code - FIRST_CODE] if code >= FIRST_CODE else "�" for code in codes))
    if isinstance(data, Table):  # the inputs are scaled; its panel shows the row itself
        return ""
    numbers = [setting_text(round(value, 3)) for value in sample.flatten()[:_MOST_NUMBERS].tolist()]
    return ", ".join(numbers) + (", …" if sample.numel() > _MOST_NUMBERS else "")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
