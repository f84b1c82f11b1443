"""Playground: stack neural-network layers, train them on real data, and watch them learn.

A trained network answers other programs, without a window:

    import playground

    network = playground.load("digits.safetensors")
    network.predict(["seven.png"])[0].answer
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from playground.version import __version__

if TYPE_CHECKING:
    from playground.engine.inference.predictor import Predictor

__all__ = ["__version__", "load"]


def load(path: PathLike[str] | str) -> Predictor:
    """Read a network that Playground saved; imports torch, which takes a second or more.

    Raises:
        playground.spec.files.storage.FileError: it cannot be read, was damaged, or is no network of Playground.
    """
    from playground.engine.inference.predictor import Predictor

    return Predictor.from_file(path)
