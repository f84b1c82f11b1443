"""Which files are served under which names: one, or several that share the requests."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from math import isclose
from pathlib import Path
from typing import NamedTuple, TypeAlias

from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, tr_noop

_UNSUITED = re.compile(r"[^A-Za-z0-9._-]+")  # in a name, which is a part of addresses


class Variant(NamedTuple):
    """A file, and its share of the requests for a name, in (0, 1]."""

    path: Path
    share: float = 1.0

    @property
    def name(self) -> str:
        """Its name in answers and figures: the file's stem."""
        return _UNSUITED.sub("-", self.path.stem)


Variants: TypeAlias = Mapping[str, Sequence[Variant]]


def address_name(title: str) -> str:
    """A name for addresses, made from a title: letters, digits, `.`, `_` and `-` stay, of 40 characters at most."""
    return _UNSUITED.sub("-", title).strip("-.")[:40] or "network"


def served_names(given: Sequence[str], find: Callable[[str], Path]) -> dict[str, tuple[Variant, ...]]:
    """The names and files of arguments such as `digits=reader.safetensors`; without a name, the file's stem is taken.

    `digits=a.safetensors,b.safetensors:0.1` sends a tenth of the requests to b, and the rest to a.

    find: the file that a name stands for.

    Raises:
        PlaygroundError: two have the same name, or the shares cannot be.
    """
    found: dict[str, tuple[Variant, ...]] = {}
    for text in given:
        name, equals, rest = text.partition("=")
        if not equals or _UNSUITED.search(name) or os.path.exists(text):
            name, rest = "", text
        variants = _variants(rest, find)
        name = name or variants[0].name
        if name in found:
            words = tr_noop("Two networks are called “{name}”: give one of them another name, as in other={file}.")
            raise PlaygroundError(message(words, name=name, file=shown(variants[0].path)))
        found[name] = variants
    return found


def _variants(text: str, find: Callable[[str], Path]) -> tuple[Variant, ...]:
    """The variants of an argument without its name; one without a share gets what the others leave.

    Raises:
        PlaygroundError: the shares cannot be, or two variants have the same name.
    """
    if "," not in text or os.path.exists(text):
        return (Variant(find(text)),)
    pieces = [_with_share(piece) for piece in text.split(",")]
    left = 1.0 - sum(share or 0.0 for _, share in pieces)
    open_ones = sum(share is None for _, share in pieces)
    if open_ones > 1 or (left <= 0 if open_ones else not isclose(left, 0, abs_tol=1e-6)):
        words = tr_noop("Shares are given as in a.safetensors,b.safetensors:0.1, and add up to 1; not {text}.")
        raise PlaygroundError(message(words, text=shown(text)))
    found = tuple(Variant(find(path), left if share is None else share) for path, share in pieces)
    if len({variant.name for variant in found}) < len(found):
        words = tr_noop("Networks that share requests are told apart by their files’ names, which are equal in {text}.")
        raise PlaygroundError(message(words, text=shown(text)))
    return found


def _with_share(piece: str) -> tuple[str, float | None]:
    path, colon, number = piece.rpartition(":")
    try:
        share = float(number) if colon else None
    except ValueError:  # a drive, or another colon in a name
        share = None
    return (piece, None) if share is None or not 0 < share < 1 else (path, share)
