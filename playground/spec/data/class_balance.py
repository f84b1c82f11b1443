"""Says how many samples each class has, and where that differs so much that a network may ignore the small ones."""

from __future__ import annotations

from collections.abc import Sequence

from playground.spec.messages import Message, joined, message, tr_noop
from playground.spec.number_text import BRIEF, amount_text, percent_text

UNEQUAL = 5  # times as many samples as the smallest class, from which the largest is remarked on
_LISTED = 12  # classes


def balance(names: Sequence[str], counts: Sequence[int]) -> Message:
    """The number of samples of each class: `cats 1,200 · dogs 80`; the largest ones, where there are many."""
    pairs = list(zip(names, counts, strict=True))
    if len(pairs) > _LISTED:
        pairs = sorted(pairs, key=lambda pair: -pair[1])[:_LISTED]
    parts = [message("{name} {count:,}", name=name, count=count) for name, count in pairs]
    if len(names) > _LISTED:
        parts.append(message("and {count:,} more classes", count=len(names) - _LISTED))
    return joined(parts)


def imbalance(names: Sequence[str], counts: Sequence[int]) -> Message | None:
    """A remark where the largest class has more than `UNEQUAL` times the samples of the smallest; else None."""
    if not counts or max(counts) <= UNEQUAL * max(1, min(counts)):
        return None
    large, small = max(range(len(counts)), key=counts.__getitem__), min(range(len(counts)), key=counts.__getitem__)
    words = tr_noop(
        "“{large}” has {times} times the samples of “{small}”: a network that always says “{large}” is right for "
        "{share}. Look at the confusion matrix, not at the accuracy alone."
    )
    times = amount_text(counts[large] / max(1, counts[small]))
    share = percent_text(counts[large] / sum(counts), BRIEF)
    return message(words, large=names[large], small=names[small], times=times, share=share)
