"""Misread drawings with the class that they really have: a collection for each data set, beside one's own drawings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playground.engine.data.collection import Bytes, Collection, default_folder
from playground.spec.data.corrections import MOST, SIDE, Correction, packed
from playground.spec.datasets.mnist import Correctable
from playground.spec.files.storage import FileError
from playground.spec.messages import message, tr_noop


def corrections_of(data: Correctable) -> Collection:
    """The corrections of a data set: pictures as its networks see them, labelled with the names of its classes."""
    folder = default_folder()
    return Collection(folder.with_name(f"{folder.name}-corrections") / data.id, SIDE, data.class_names)


def stored_corrections(data: Correctable) -> tuple[Correction, ...]:
    """All stored corrections of a data set, oldest first, as an experiment declares them.

    Raises:
        FileError: one cannot be read, or they are more than an experiment may have.
    """
    collection, numbers = corrections_of(data), {name: number for number, name in enumerate(data.class_names)}
    kept = sorted((one for group in collection.all().values() for one in group), key=lambda one: one.name)
    if len(kept) > MOST:  # before thousands are read
        words = tr_noop("There are {count:,} corrections, where at most {most:,} can be mixed in. Delete some of them.")
        raise FileError(message(words, count=len(kept), most=MOST))
    strange = [one.label for one in kept if one.label not in numbers]
    if strange:
        words = tr_noop("“{folder}” holds drawings of “{label}”, which is no class of {data}.")
        raise FileError(message(words, folder=str(collection.folder), label=strange[0], data=data.title))
    return tuple(Correction(number=numbers[one.label], picture=packed(collection.read(one).tobytes())) for one in kept)


def as_stored(picture: npt.NDArray[np.float32]) -> Bytes:
    """A picture (side, side) in [0, 1] as bytes, as a collection stores it."""
    stored: Bytes = (picture * 255).round().astype(np.uint8)
    return stored
