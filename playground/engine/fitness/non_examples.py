"""Pictures that show none of the classes, to see whether a network refuses them: noise, shapes, letters, other data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import cos, pi, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import DataError, load
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import Pictures
from playground.spec.files.storage import FileError
from playground.spec.messages import tr_noop

COUNT = 200  # pictures of each kind, at most
_SHADES = 16  # of blank pictures
_LETTERS = "ACEFHKMNPRTUVWXY"  # those that look like no digit
_DRAWN = 112  # pixels of a picture as it is drawn
_TURN = 15  # degrees either way
_WRITING = ("mnist", "mnist_distilled", "emnist_letters")  # some of their letters look like digits
_Random = np.random.Generator


class Kind(NamedTuple):
    """Pictures of one kind."""

    id: str
    label: str  # as a plural noun, not yet translated
    pictures: Tensor  # (N, C, H, W) in [0, 1]
    judged: bool = True  # whether they count: they are the same ones on every machine


def non_examples(data: Dataset, real: Tensor) -> Iterator[Kind]:
    """Several kinds of pictures that are no examples; the same ones every time.

    Of pictures whose content is not known to us, as in a person's own folder, only noise and blank ones are told.

    Args:
        data: of pictures with a class each.
        real: some of its pictures (N, C, H, W) in [0, 1].
    """
    channels, height, width = real.shape[1:]
    drawn = np.random.default_rng(0)

    def coloured(grey: npt.NDArray[np.float32]) -> Tensor:
        """(N, H, W) as pictures of these channels."""
        return torch.from_numpy(grey)[:, None].expand(-1, channels, -1, -1).contiguous()

    yield Kind("noise", tr_noop("pictures of noise"), torch.from_numpy(_noise(drawn, (COUNT, *real.shape[1:]))))
    shades = torch.linspace(0, 1, _SHADES)[:, None, None, None]
    yield Kind("blank", tr_noop("blank pictures"), shades.expand(-1, channels, height, width).contiguous())
    if not isinstance(data, Pictures):
        return
    shapes = [_picture(_SHAPES[i % len(_SHAPES)], drawn, (width, height)) for i in range(COUNT)]
    yield Kind("shapes", tr_noop("shapes"), coloured(np.stack(shapes)))
    if data.id != "emnist_letters":
        letters = [_picture(_letter(_LETTERS[i % len(_LETTERS)]), drawn, (width, height)) for i in range(COUNT)]
        yield Kind("letters", tr_noop("printed letters"), coloured(np.stack(letters)))
    if channels == 1:
        yield Kind("inverted", tr_noop("inverted examples"), 1 - real[:COUNT])
    yield from _others(data)


def _others(data: Pictures) -> Iterator[Kind]:
    """Test pictures of other data sets of the same shape that are on this machine."""
    for member in Dataset.members():
        if not issubclass(member, Pictures) or member.picture_shape != data.picture_shape or member.source_choice:
            continue
        other = member()
        same = other.class_names == data.class_names or (member.id in _WRITING and data.id in _WRITING)
        if same or other.task.classes is None or lacking(member):
            continue
        try:
            pictures = load(other).test.cut(0, COUNT)[0]
        except (DataError, FileError):
            continue  # its files are damaged: another command says so
        yield Kind(member.id, member.label, pictures, judged=False)


def _noise(drawn: _Random, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Half of them are grey noise; of the others, some pixels are white and all others black."""
    found = drawn.random(shape, dtype=np.float32)
    share = np.linspace(0.05, 0.5, len(found[::2]), dtype=np.float32)
    found[::2] = found[::2] < share.reshape(-1, *[1] * (len(shape) - 1))
    return found


_Draw = Callable[[ImageDraw.ImageDraw, float, int], None]  # onto a canvas: size of the figure, width of its lines


def _picture(draw: _Draw, drawn: _Random, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """A white figure on black, (H, W) in [0, 1]: turned, moved and of a size at random."""
    canvas = Image.new("L", (_DRAWN, _DRAWN))
    draw(ImageDraw.Draw(canvas), _DRAWN * drawn.uniform(0.45, 0.7), int(drawn.integers(6, 12)))
    move = (int(drawn.integers(-8, 9)), int(drawn.integers(-8, 9)))
    turned = canvas.rotate(drawn.uniform(-_TURN, _TURN), Image.Resampling.BILINEAR, translate=move)
    return np.asarray(turned.resize(size, Image.Resampling.BOX), dtype=np.float32) / np.float32(255)


def _letter(letter: str) -> _Draw:
    def draw(canvas: ImageDraw.ImageDraw, size: float, _line: int) -> None:
        middle = (_DRAWN / 2, _DRAWN / 2)
        canvas.text(middle, letter, fill=255, font=ImageFont.load_default(size), anchor="mm", stroke_width=2)

    return draw


def _polygon(points: int, *, step: int = 1) -> _Draw:
    """Corners on a circle, joined with each `step`-th; a star for 5 and 2."""

    def draw(canvas: ImageDraw.ImageDraw, size: float, line: int) -> None:
        at = [2 * pi * step * i / points - pi / 2 for i in range(points + 1)]
        middle, radius = _DRAWN / 2, size / 2
        canvas.line([(middle + radius * cos(a), middle + radius * sin(a)) for a in at], 255, line, "curve")

    return draw


def _lines(*strokes: tuple[tuple[float, float], ...]) -> _Draw:
    """Strokes through points in [-1, 1] × [-1, 1]."""

    def draw(canvas: ImageDraw.ImageDraw, size: float, line: int) -> None:
        middle, half = _DRAWN / 2, size / 2
        for stroke in strokes:
            canvas.line([(middle + half * x, middle + half * y) for x, y in stroke], 255, line, "curve")

    return draw


_SHAPES: tuple[_Draw, ...] = (
    _polygon(3),
    _polygon(4),
    _polygon(5, step=2),
    _lines(((-1, -1), (1, 1)), ((-1, 1), (1, -1))),  # a cross
    _lines(((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)), ((-1, -1), (1, 1))),  # a box with a diagonal
    _lines(((-1, 0), (1, 0)), ((0.3, -0.7), (1, 0), (0.3, 0.7))),  # an arrow
    _lines(((-1, 0.5), (-0.5, -0.5), (0, 0.5), (0.5, -0.5), (1, 0.5))),  # a zigzag
    _lines(*(((-1, y), (1, y)) for y in (-0.8, 0.0, 0.8)), *(((x, -1), (x, 1)) for x in (-0.8, 0.0, 0.8))),  # a grid
)
