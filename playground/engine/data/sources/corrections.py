"""Mixes corrections, misread drawings with the class that they really have, into the training part of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from playground.engine.data.in_memory import Data, InputTargetPairs
from playground.spec.data.corrections import SIDE, unpacked


def mixed(data: Data, items: Sequence[tuple[int, str]], copies: int) -> Data:
    """The same data, with all corrections `copies` times after the training images; other parts stay as they are.

    Args:
        data: pictures (N, 1, 28, 28) uint8 with classes.
        items: at least one; a class, and a picture as `spec.data.corrections.packed` gives it.
        copies: how many times each is trained on in an epoch.
    """
    assert isinstance(data.train, InputTargetPairs)
    added = corrected_pairs(items)
    inputs = torch.cat((data.train.inputs, added.inputs.repeat(copies, 1, 1, 1)))
    return replace(data, train=InputTargetPairs(inputs, torch.cat((data.train.targets, added.targets.repeat(copies)))))


def corrected_pairs(items: Sequence[tuple[int, str]]) -> InputTargetPairs:
    """Corrections as pictures (N, 1, 28, 28) uint8 and classes (N,) int64."""
    pixels = bytearray(b"".join(unpacked(picture) for _, picture in items))
    pictures: Tensor = torch.frombuffer(pixels, dtype=torch.uint8).view(-1, 1, SIDE, SIDE)
    return InputTargetPairs(pictures, torch.tensor([number for number, _ in items]))
