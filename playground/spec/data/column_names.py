"""The names of a table's columns, from the lines above its values."""

from __future__ import annotations

from collections.abc import Sequence


def column_names(header: Sequence[Sequence[str]], width: int) -> list[str]:
    """Names of all columns, all different, from no line, a line of names, or a second one with their units.

    A unit follows in brackets, a name that was there before gets a number, and a first column without a name is
    “index”, as pandas writes it.
    """
    if not header:
        return [f"column {number}" for number in range(1, width + 1)]
    names: list[str] = []
    for number, (name, *units) in enumerate(zip(*header, strict=True), start=1):
        name = name or ("index" if number == 1 else f"column {number}")
        unit = "".join(units).strip("[]()")
        if unit and unit != "-":
            name = f"{name} [{unit}]"
        base, count = name[:180], 1
        name = name[:200]
        while name in names:
            count += 1
            name = f"{base} {count}"
        names.append(name)
    return names
