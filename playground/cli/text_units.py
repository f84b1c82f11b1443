"""The options of the command line that choose the units of a text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

from playground.cli.arguments import ensure_between
from playground.cli.wrong_use import WrongUse
from playground.spec.data.dataset import dataset_of
from playground.spec.data.text_summary import TextChoice
from playground.spec.data.text_units import FEWEST_UNITS, MOST_UNITS, USUAL_UNITS
from playground.spec.data.unit_kind import UnitKind
from playground.spec.datasets.text import OwnText
from playground.spec.files.file_kind import becomes_data
from playground.spec.files.storage import shown
from playground.spec.messages import message


def units_choice(what: str, units: str | None, vocabulary: int | None) -> TextChoice | None:
    """How a text is to be read; None where no unit is named.

    Raises:
        WrongUse: there is no such unit, the vocabulary is out of bounds, or it is no text.
    """
    if units is None:
        if vocabulary is not None:
            raise WrongUse(message("--vocabulary needs --units: words or pairs."))
        return None
    known = get_args(UnitKind)
    if units not in known:
        names = {"known": ", ".join(known), "value": shown(units)}
        raise WrongUse(message("--units should be one of {known}, but is “{value}”.", **names))
    size = USUAL_UNITS if vocabulary is None else vocabulary
    ensure_between("vocabulary", size, FEWEST_UNITS, MOST_UNITS)
    path = Path(what)
    if not os.path.exists(path) or not becomes_data(path) or dataset_of(path) is not OwnText:
        raise WrongUse(message("--units is about a text, but {data} is none.", data=shown(what)))
    return TextChoice.model_validate({"units": units, "vocabulary": size})
