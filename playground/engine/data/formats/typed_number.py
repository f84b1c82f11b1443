"""Marks the cells that are numbers in the file, beside texts that look like numbers."""

from __future__ import annotations


class TypedNumber(str):
    """The text of a cell that is a number in the file: with a point, and nothing between thousands."""

    __slots__ = ()
