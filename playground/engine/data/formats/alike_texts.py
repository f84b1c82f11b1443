"""Categories and classes that only letter case, blanks or forms of the same character tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from unicodedata import category, normalize

from playground.spec.messages import Message, message, tr_noop


def on_alike(name: str | Message, known: Iterable[str]) -> Iterator[Message]:
    """A remark for the categories that only letter case or blanks tell apart; none if there are no such ones.

    Args:
        name: of the column that they are the values of, or words for what they are.
    """
    alike: dict[str, list[str]] = {}
    for text in known:
        seen = "".join(letter for letter in normalize("NFKC", text).casefold() if category(letter) != "Cf")
        alike.setdefault(" ".join(seen.split()), []).append(text)
    pairs = [texts for texts in alike.values() if len(texts) > 1]
    if pairs:
        words = tr_noop(
            "“{one}” and “{other}” in {name} differ only in letter case, blanks or the like. They count as different "
            "categories: correct the data if they are the same ({count:,} such pairs or groups)."
        )
        if len(pairs) == 1:
            words = tr_noop(
                "“{one}” and “{other}” in {name} differ only in letter case, blanks or the like. They count as "
                "different categories: correct the data if they are the same."
            )
        yield message(words, one=pairs[0][0], other=pairs[0][1], name=name, count=len(pairs))
