"""Search for layers by a few letters, best match first."""

from __future__ import annotations

from collections.abc import Sequence

from playground.gui.style.translation import translated
from playground.spec.layer import Layer


def ranked(members: Sequence[type[Layer]], query: str) -> tuple[type[Layer], ...]:
    """The layers that match every word of `query`, best first, equal ones in their original order; all for no words."""
    words = query.casefold().split()
    scored = []
    for member in members:
        scores = [score for word in words if (score := _score(member, word)) is not None]
        if len(scores) == len(words):
            scored.append((sum(scores), member))
    return tuple(member for _, member in sorted(scored, key=lambda pair: pair[0]))


def _score(member: type[Layer], word: str) -> int | None:
    """The distance of `word` from the names of the layer, 0 for an exact match; None if it does not match."""
    names = (translated(member.label).casefold(), member.label.casefold(), member.id)
    keywords = f"{translated(member.keywords)} {member.keywords}".casefold().split()
    if word in names:
        return 0
    if any(name.startswith(word) for name in names):
        return 1
    if any(keyword.startswith(word) for keyword in keywords):
        return 2
    if any(word in name for name in names):
        return 3
    if any(word in keyword for keyword in keywords):
        return 4
    return 5 if any(_in_order(word, name) for name in names) else None


def _in_order(letters: str, text: str) -> bool:
    """Whether the letters occur in `text` in this order, possibly with others between them."""
    rest = iter(text)
    return all(letter in rest for letter in letters)
