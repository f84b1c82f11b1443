"""How a person has arranged the table of runs, as a text for the settings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from playground.gui.runs.columns import Column

_WIDEST = 4000  # pixels


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Columns are stored by name, so that a later program with others can read them."""

    sorted_by: Column = Column.DATE
    descending: bool = True
    shown: frozenset[Column] | None = None  # None: as many as fit
    widths: dict[Column, int] = field(default_factory=dict)  # pixels, of those that a person has changed
    order: tuple[Column, ...] = ()  # from left to right; empty: as declared

    @property
    def text(self) -> str:
        """For the settings."""
        return json.dumps(
            {
                "sorted_by": self.sorted_by.name,
                "descending": self.descending,
                "shown": None if self.shown is None else [column.name for column in sorted(self.shown)],
                "widths": {column.name: width for column, width in self.widths.items()},
                "order": [column.name for column in self.order],
            }
        )


def parsed(text: str) -> TableLayout:
    """The arrangement in a text; the usual one where it cannot be read, without the columns that do not exist."""
    try:
        values = json.loads(text)
        shown, widths = values["shown"], dict(values["widths"])
        return TableLayout(
            Column[values["sorted_by"]],
            bool(values["descending"]),
            None if shown is None else frozenset(_known(shown)),
            {
                Column[name]: width
                for name, width in widths.items()
                if name in Column.__members__ and type(width) is int and 0 < width <= _WIDEST
            },
            tuple(dict.fromkeys(_known(values["order"]))),
        )
    except (ValueError, KeyError, TypeError):
        return TableLayout()


def _known(names: list[str]) -> list[Column]:
    return [Column[name] for name in names if name in Column.__members__]
