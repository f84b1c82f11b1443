"""Predictions for pictures in files, and in folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from playground.engine.data.in_memory import pixels
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.inference.picture_files import Grey, PictureError
from playground.engine.inference.pictures import fitted, read_signs
from playground.engine.inference.predictions.folder_files import files_in
from playground.engine.inference.predictions.prediction import Prediction, PredictionError, answered
from playground.engine.inference.predictions.truths import classes_of_pictures, with_truth
from playground.engine.weights import Trained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.dataset import Dataset, Samples
from playground.spec.files.file_kind import PICTURE_SUFFIXES
from playground.spec.files.storage import shown
from playground.spec.messages import message, tr_noop


def pictures_in(folder: Path) -> list[Path]:
    """The pictures in a folder and the folders in it, by name; hidden ones are left out.

    Raises:
        PredictionError: there are none.
    """
    found = files_in(folder, PICTURE_SUFFIXES)
    if not found:
        words = tr_noop("There is no picture in “{folder}”: {endings} are looked for.")
        raise PredictionError(message(words, folder=shown(folder), endings=", ".join(PICTURE_SUFFIXES)))
    return found


def picture_predictions(trained: Trained, path: Path) -> Iterator[Prediction]:
    """The answer for a picture, or for each picture in a folder; a damaged one gets a problem."""
    if os.path.isdir(path):  # also for names that no path can have
        pictures = pictures_in(path)
        truths = classes_of_pictures(trained.experiment.data, path, pictures)
        for picture in pictures:
            stop_if_cancelled()
            yield with_truth(_prediction(trained, picture), truths.get(picture), picture)
    else:
        yield _prediction(trained, path)


def _prediction(trained: Trained, path: Path) -> Prediction:
    try:
        picture = network_picture(path, trained.experiment.data)
    except PictureError as error:
        return Prediction(shown(path), problem=error.message)
    shares = probabilities(trained.network, pixels(torch.from_numpy(picture))[None], trained.experiment.recipe.loss)
    return answered(trained.experiment, shares[0].tolist(), shown(path))


def network_picture(source: Path | bytes, data: Dataset) -> npt.NDArray[np.generic]:
    """A picture file as a network of the data takes it: (C, H, W), bytes, or of digits float32 in [0, 1].

    Raises:
        PictureError: it cannot be read, or shows several digits.
    """
    return _digit(source)[None] if data.asked_with is Samples.DIGITS else fitted(source, data)


def _digit(path: Path | bytes) -> Grey:
    """The digit in a picture, normalised.

    Raises:
        PictureError: the picture cannot be read, or shows several.
    """
    signs = read_signs(path)
    if len(signs) > 1:
        words = tr_noop("{count} digits were found in it. “playground read” reads several.")
        raise PictureError(message(words, count=len(signs)))
    return signs[0].digit
