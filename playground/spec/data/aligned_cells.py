"""Splits lines whose cells are aligned in columns, for the engine and for exported programs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice


def aligned_lines(lines: Iterable[str]) -> Iterator[str]:
    """Each line with a tab between its cells, for a reader of CSV; empty ones stay, rules such as “----  ---” go.

    The first 200 lines decide where cells begin, see `cell_starts`, or that two blanks or more separate them. A line
    that has another sign where the cells of the others are apart stays one cell.
    """
    rest = (line.expandtabs().rstrip() for line in lines)
    first = [line if line.strip(" -=+") else "" for line in islice(rest, 200)]
    starts = cell_starts([line for line in first if line])
    ends = [*starts[1:], None]
    for number in range(2):
        for line in rest if number else first:
            if not starts:
                cells = re.split(" {2,}", line.strip())
            elif any(line[place - 1 : place].strip() for place in starts if place):
                cells = [line]
            else:
                cells = [line[here:there] for here, there in zip(starts, ends, strict=True)]
            yield "\t".join(cell.strip() for cell in cells) + "\n"


def cell_starts(some: Sequence[str]) -> list[int]:
    """The places in lines at which cells begin: behind blanks that all lines have; empty if two blanks separate cells.

    Behind a single blank one begins only if the first line, with the names, and most others have something on both
    sides. Two blanks separate cells where that gives most lines more cells, or where a column would be nearly empty.
    """
    if not some:
        return []
    longest = max(map(len, some))
    blank = [all(line[place : place + 1] in ("", " ") for line in some) for place in range(longest)]
    begins = [place for place in range(longest) if not blank[place] and (place == 0 or blank[place - 1])]
    starts: list[int] = []
    for place, end in zip(begins, [*begins[1:], longest], strict=True):
        both = [bool(line[place:end].strip() and line[starts[-1] : place].strip()) for line in some if starts]
        if not starts or blank[place - 2] or (both[0] and sum(both) >= 0.5 * len(some)):
            starts.append(place)
    filled = [
        sum(bool(line[place:end].strip()) for line in some)
        for place, end in zip(starts, [*starts[1:], longest], strict=True)
    ]
    widths = Counter(len(re.split(" {2,}", line.strip())) for line in some)
    width, count = max(widths.items(), key=lambda item: item[1])
    more = width > len(starts) and count >= 0.8 * len(some)
    even = count == len(some) and min(filled) < 0.5 * len(some)
    return [] if width > 1 and (more or even) else starts
