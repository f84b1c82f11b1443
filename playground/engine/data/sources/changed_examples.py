"""Applies changed examples, with another class or left out of training, to data that are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch

from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sources.split import Numbers, Split
from playground.spec.data.example_changes import with_changes
from playground.spec.messages import Message, message, plural, tr_noop

Changes = Sequence[tuple[int, str, int | None]]  # see `with_changes`
_ANOTHER = tr_noop(
    "Example {number:,}, which you changed, is another one now: the data, or how they are read, have changed. Take the "
    "change back: see the data’s settings."
)


def changed(data: Data, changes: Changes) -> Data:
    """Pictures in the order of their training file, with changes; test samples and unused ones stay as they are.

    Raises:
        DataError: a sample is not the one that was changed.
    """
    order = data.order
    assert order is not None
    assert isinstance(data.train, InputTargetPairs)
    assert isinstance(data.validation, InputTargetPairs)
    none = np.zeros(0, np.int64)
    parts, classes = changed_split(Split(order.train, order.validation, none), order.classes, changes, order.contents)
    kept = torch.from_numpy(np.searchsorted(order.train, parts.train))
    all_kept = len(kept) == len(data.train)
    inputs = data.train.inputs if all_kept else data.train.inputs[kept]  # all of them are not copied
    targets = torch.from_numpy(classes)
    return replace(
        data,
        train=InputTargetPairs(inputs, targets[torch.from_numpy(parts.train)]),
        validation=InputTargetPairs(data.validation.inputs, targets[torch.from_numpy(parts.validation)]),
        order=replace(order, train=parts.train),
    )


def changed_split(
    parts: Split, classes: Numbers, changes: Changes, contents: Callable[[int], bytes]
) -> tuple[Split, Numbers]:
    """The split without samples that are left out, and the classes (N,) with changed ones.

    Raises:
        DataError: like `changed`.
    """
    if not changes:
        return parts, classes
    targets = classes.copy()
    try:
        train = with_changes(
            changes, targets, parts.train.tolist(), parts.validation.tolist(), parts.test.tolist(), contents
        )
    except ValueError as error:
        raise DataError(message(_ANOTHER, number=error.args[0])) from error
    return parts._replace(train=np.array(train, np.int64)), targets


def moved(parts: Split, changes: Changes) -> tuple[Message, ...]:
    """A caution on changes that another split has moved to where they do not hold; empty if none has been."""
    left_out = [number for number, _, label in changes if label is None]
    labelled = [number for number, _, label in changes if label is not None]
    held_out, tested = (int(np.isin(left_out, part).sum()) for part in (parts.validation, parts.test))
    relabelled = int(np.isin(labelled, parts.test).sum())
    words = (
        plural(
            "{count:,} examples that you left out are validation examples under this split: they count there.",
            "An example that you left out is a validation example under this split: it counts there.",
            held_out,
        ),
        plural(
            "{count:,} examples that you left out are test examples under this split: they count there.",
            "An example that you left out is a test example under this split: it counts there.",
            tested,
        ),
        plural(
            "{count:,} examples that you relabelled are test examples under this split: they keep their own labels.",
            "An example that you relabelled is a test example under this split: it keeps its own label.",
            relabelled,
        ),
    )
    return tuple(told for told, count in zip(words, (held_out, tested, relabelled), strict=True) if count)
