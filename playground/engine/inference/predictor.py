"""A trained network as one object that other programs ask: pictures, rows, points and texts in, answers out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from playground.engine.data.in_memory import pixels
from playground.engine.evaluation.evaluate import evaluating, probabilities
from playground.engine.inference.line_classes import line_probabilities
from playground.engine.inference.picture_files import PictureError
from playground.engine.inference.predictions.given_rows import row_answers
from playground.engine.inference.predictions.pictures import network_picture
from playground.engine.inference.predictions.plane_points import named_point
from playground.engine.inference.predictions.prediction import Prediction, PredictionError, Unsuitable, answered
from playground.engine.inference.predictions.text_lines import restored
from playground.engine.inference.text_generation import SamplingOptions, write
from playground.engine.weights import Trained, load
from playground.spec.data.dataset import Dataset, Samples
from playground.spec.layer import Tokens
from playground.spec.messages import Message, message, tr_noop

Array: TypeAlias = npt.NDArray[Any]
Picture: TypeAlias = bytes | PathLike[str] | Image.Image | Array
Sample: TypeAlias = Picture | Mapping[str, object] | Sequence[float] | str


class Predictor:
    """Answers of one trained network. Not safe for calls from several threads at the same time."""

    def __init__(self, trained: Trained) -> None:
        self.trained = trained

    @classmethod
    def from_file(cls, path: PathLike[str] | str) -> Predictor:
        """Read a network that Playground saved.

        Raises:
            FileError: it cannot be read, was damaged, or is no network of Playground.
        """
        return cls(load(Path(path)))

    @property
    def samples(self) -> Samples | None:
        """The inputs of `predict`; None where the network's answers are no classes, numbers or lines: see `outputs`."""
        return self.trained.experiment.data.asked_with

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the probabilities; empty where it predicts a number."""
        data = self.trained.experiment.data
        return data.class_names if data.task.classes else ()

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one sample as the network takes it, without the batch."""
        return tuple(self.trained.experiment.data.sample_shape)

    def predict(self, samples: Iterable[Sample]) -> list[Prediction]:
        """The answer for each sample, in their order; of one that cannot be answered for, `problem` says why.

        samples: of what the network learned from:

        - pictures: the bytes of a picture file, a path, a PIL image, or an array; several as an array (N, H, W) or a
          list. An array is (H, W), (H, W, 1), (H, W, 3) or (C, H, W), bytes or floats in [0, 1]. One of the network's
          own size is taken as it is: light ink on black for digits. Any other picture is read as picture files are,
          so that a photograph of a digit is normalised.
        - rows of a table: mappings from the names of columns to numbers or texts; None or a column that is left out
          counts as missing.
        - points of the plane: pairs (x, y).
        - texts: strings.

        Where the network is set to refuse below a confidence (`trained.experiment.refuse_below`) and is less sure, the
        prediction's `refused` is true, its `answer` empty, and `most_probable` and `confidence` say what it leans to.

        Raises:
            Unsuitable: the network gives no such answers.
        """
        kind, given = self.samples, list(samples)
        if kind is None:
            data = self.trained.experiment.data
            raise Unsuitable(message("A network for {data} gives no answer that fits into a table.", data=data.title))
        if kind in (Samples.DIGITS, Samples.PICTURES):
            return self._of_pictures(given)
        if kind is Samples.ROWS:
            return _of_kind(Mapping, given, self._of_rows, message("a row maps the names of columns to values"))
        if kind is Samples.POINTS:
            return [self._of_point(point) for point in given]
        answer = self._of_texts if kind is Samples.TEXTS else self._of_lines
        return _of_kind(str, given, answer, message("a text is a string"))

    def outputs(self, inputs: Array) -> npt.NDArray[np.float32]:
        """The outputs of the network as they are, logits where its loss takes logits; for every network.

        inputs: (N, *input_shape): float32, or int64 for codes of characters, scaled as in training.

        Returns: (N, ...).

        Raises:
            PredictionError: the inputs have another shape or type.
        """
        given = torch.from_numpy(np.require(inputs, requirements=["C", "W"]))
        if tuple(given.shape[1:]) != self.input_shape:
            words = tr_noop("The inputs have the shape {found}; this network takes (N, {shape}).")
            listed = ", ".join(map(str, self.input_shape))
            raise PredictionError(message(words, found=tuple(given.shape), shape=listed))
        shape = self.trained.experiment.data.sample_shape
        wanted = torch.int64 if isinstance(shape, Tokens) else torch.float32
        if given.dtype != wanted:
            raise PredictionError(
                message("The inputs are {found}; this network takes {wanted}.", found=given.dtype, wanted=wanted)
            )
        if isinstance(shape, Tokens) and given.numel() and not (given.min() >= 0 and given.max() < shape.vocabulary):
            raise PredictionError(message("Codes lie from 0 to {last}.", last=shape.vocabulary - 1))
        with evaluating(self.trained.network):
            found: npt.NDArray[np.float32] = self.trained.network(given).to(torch.float32).numpy()
        return found

    def generate(self, prompt: str = "", length: int = 500, options: SamplingOptions | None = None) -> Iterator[str]:
        """Continue a text, piece by piece: `length` characters, words or byte pairs.

        Raises:
            WritingError: the network does not write.
        """
        written = write(self.trained.network, self.trained.experiment, prompt, options or SamplingOptions())
        return (unit.character for unit in islice(written, length))

    def _of_pictures(self, given: Sequence[Any]) -> list[Prediction]:
        found: list[Prediction | None] = []
        pictures: list[Array] = []
        data = self.trained.experiment.data
        for sample in given:
            try:
                pictures.append(_picture(sample, data))
                found.append(None)
            except (PictureError, PredictionError) as error:
                found.append(Prediction("", problem=error.message))
        shares = iter(self._probabilities(pictures) if pictures else ())
        return [item or answered(self.trained.experiment, next(shares).tolist(), "") for item in found]

    def _probabilities(self, pictures: Sequence[Array]) -> npt.NDArray[np.float32]:
        """Bytes and floats differ in how they are scaled, not in what they show."""
        if len({picture.dtype for picture in pictures}) == 1:
            together = pixels(torch.from_numpy(np.stack(pictures))).to(torch.float32)
        else:
            together = torch.stack([pixels(torch.from_numpy(picture)).to(torch.float32) for picture in pictures])
        return probabilities(self.trained.network, together, self.trained.experiment.recipe.loss)

    def _of_rows(self, given: Sequence[Mapping[str, object]]) -> list[Prediction]:
        return row_answers(self.trained, given)

    def _of_texts(self, given: Sequence[str]) -> list[Prediction]:
        shares = line_probabilities(self.trained.network, self.trained.experiment, given)
        return [answered(self.trained.experiment, share, "") for share in shares.tolist()]

    def _of_lines(self, given: Sequence[str]) -> list[Prediction]:
        return [Prediction("", answer=restored(self.trained, line)) for line in given]

    def _of_point(self, point: Any) -> Prediction:
        try:
            x, y = map(float, point)
        except (TypeError, ValueError, OverflowError):  # 10**400 is a whole number, and no float
            return Prediction("", problem=message("a point is a pair of numbers, x and y"))
        if not (np.isfinite(x) and np.isfinite(y)):
            return Prediction("", problem=message("x and y should be numbers"))
        return named_point(self.trained, "", (x, y))


def _of_kind(
    kind: type, given: Sequence[Any], answer: Callable[[Sequence[Any]], list[Prediction]], wanted: Message
) -> list[Prediction]:
    """The answers for the samples of a type; the others get a problem."""
    answers = iter(answer([sample for sample in given if isinstance(sample, kind)]))
    return [next(answers) if isinstance(sample, kind) else Prediction("", problem=wanted) for sample in given]


def _picture(sample: Any, data: Dataset) -> Array:
    """A picture as the network takes it, (C, H, W), bytes or float32 in [0, 1].

    Raises:
        PictureError: it cannot be read.
        PredictionError: it is no picture.
    """
    if isinstance(sample, np.ndarray):
        known = _own_size(sample, tuple(data.sample_shape))
        return network_picture(_encoded(Image.fromarray(_bytes(sample))), data) if known is None else known
    if isinstance(sample, Image.Image):
        return network_picture(_encoded(sample), data)
    if isinstance(sample, bytes | PathLike | str):
        return network_picture(sample if isinstance(sample, bytes) else Path(sample), data)
    raise PredictionError(message("a picture is an array, the bytes of a file, a path or a PIL image"))


def _own_size(array: Array, shape: tuple[int, ...]) -> Array | None:
    """An array that has the network's own size, as (C, H, W); None for one of another size.

    Raises:
        PredictionError: its values are no pixels.
    """
    channels, height, width = shape
    _require_pixels(array)
    if array.shape == (height, width) and channels == 1:
        return np.ascontiguousarray(array[None])
    if array.shape == shape:
        return np.ascontiguousarray(array)
    return np.ascontiguousarray(array.transpose(2, 0, 1)) if array.shape == (height, width, channels) else None


def _require_pixels(array: Array) -> None:
    if array.dtype == np.uint8 and array.size:
        return
    if not np.issubdtype(array.dtype, np.floating) or not array.size:
        raise PredictionError(message("pixels are bytes, or floats from 0 to 1, not {kind}", kind=array.dtype))
    if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        raise PredictionError(message("pixels that are floats lie from 0 to 1"))


def _bytes(array: Array) -> npt.NDArray[np.uint8]:
    """Pixels of any size as bytes (H, W) or (H, W, 3).

    Raises:
        PredictionError: it has another shape.
    """
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim != 2 and not (array.ndim == 3 and array.shape[2] in (3, 4)):
        raise PredictionError(message("a picture has rows and columns of pixels, not the shape {it}", it=array.shape))
    return array if array.dtype == np.uint8 else (array * 255).round().astype(np.uint8)


def _encoded(image: Image.Image) -> bytes:
    """A PIL image as the bytes of a PNG file, which loses nothing."""
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
