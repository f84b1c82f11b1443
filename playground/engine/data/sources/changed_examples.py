"""Applies changed examples, with another class or left out of training, to data that are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch

from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sources.split import Numbers, Split
from playground.spec.data.example_changes import with_changes
from playground.spec.messages import message, tr_noop

Changes = Sequence[tuple[int, str, int | None]]  # see `with_changes`
_WHY = {
    "another one": tr_noop(
        "Example {number:,}, which you changed, is another one now: the data, or how they are read, have changed."
    ),
    "a test sample": tr_noop("Example {number:,}, which you changed, is a test example now, and those are kept."),
    "held out for validation": tr_noop(
        "Example {number:,}, which you left out of training, is held out for validation now."
    ),
}


def changed(data: Data, changes: Changes) -> Data:
    """Pictures in the order of their training file, with changes; test samples and unused ones stay as they are.

    Raises:
        DataError: a sample is not the one that was changed, or cannot be changed where it is now.
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
        number, why = error.args
        advice = message("Take the change back: see the data’s settings.")
        raise DataError(message("{why} {advice}", why=message(_WHY[why], number=number), advice=advice)) from error
    return parts._replace(train=np.array(train, np.int64)), targets
