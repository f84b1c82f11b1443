"""Which layers a person may mean by a few letters, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence

from playground.gui.style.translation import translated
from playground.spec.layer import Layer


def ranked(members: Sequence[type[Layer]], query: str) -> tuple[type[Layer], ...]:
    """The layers that fit every word of `query`, best first and otherwise in their own order; all for none."""
    words = query.casefold().split()
    scored = []
    for member in members:
        scores = [score for word in words if (score := _score(member, word)) is not None]
        if len(scores) == len(words):
            scored.append((sum(scores), member))
    return tuple(member for _, member in sorted(scored, key=lambda pair: pair[0]))


def _score(member: type[Layer], word: str) -> int | None:
    """How far `word` is from naming the layer, 0 nearest; None where it does not."""
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
    """Whether all letters occur in `text` in this order, with others between them."""
    rest = iter(text)
    return all(letter in rest for letter in letters)
