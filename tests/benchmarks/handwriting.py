"""Measures how well a network reads what real people wrote: plays raw pen strokes into the drawing pad.

python tests/benchmarks/handwriting.py --strokes FILE [--network FILE] [--sheet FILE.png]

Each digit's strokes are sent as pen events to the real widget, its picture is taken as the window takes it, and all
pictures are read by the network. FILE, plain or gzip, holds UNIPEN-like text: `.SEGMENT DIGIT … "8"` begins a digit
and names it, `.PEN_DOWN` and `.PEN_UP` enclose lines of `x y`, y growing upward; other lines that begin with a dot are
ignored. Prints a table of the digits and a last line `accuracy 0.9xx`.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # nobody looks

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QInputDevice, QPainter, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication
from rich.console import Console
from rich.table import Table

from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.raster import image_of
from playground.gui.panels.pad.strokes import NEUTRAL
from playground.gui.session.background import Background
from playground.spec.files.resources import resource
from playground.spec.messages import PlaygroundError, message

PAD = 280  # pixels a side of the pad that is drawn on
FILLED = 0.7  # share of it that the longer side of a digit takes, as people do
MOST_BYTES = 200_000_000
Line = list[tuple[float, float]]


class StrokesError(PlaygroundError):
    """A file of pen strokes cannot be understood."""


@dataclass(frozen=True)
class Sample:
    """One digit that somebody wrote: its lines in the tablet's pixels, y growing upward."""

    label: int
    lines: tuple[Line, ...]


def samples_of(text: str) -> Iterator[Sample]:
    """Parse a file of pen strokes.

    Raises:
        StrokesError: a line is out of place; the message says which.
    """
    label: int | None = None
    lines: list[Line] = []
    down = False
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if words[0] == ".SEGMENT":
            if down:
                raise _wrong(number, line, "the pen is still down when a digit begins")
            if lines:
                yield Sample(_known(label, number, line), tuple(lines))
            label, lines = _label(number, line), []
        elif words[0] == ".PEN_DOWN":
            if down or label is None:
                raise _wrong(number, line, "the pen is down already, or there was no .SEGMENT before")
            lines.append([])
            down = True
        elif words[0] == ".PEN_UP":
            if not down or not lines[-1]:
                raise _wrong(number, line, "the pen was not down, or drew no point")
            down = False
        elif not words[0].startswith("."):
            if not down:
                raise _wrong(number, line, "a point while the pen is up")
            lines[-1].append(_point(number, line))
    if down:
        raise StrokesError(message("The file of strokes ends while the pen is down: it is not complete."))
    if lines:
        yield Sample(_known(label, 0, ""), tuple(lines))


def _known(label: int | None, number: int, line: str) -> int:
    if label is None:
        raise _wrong(number, line, "lines without a .SEGMENT before")
    return label


def _label(number: int, line: str) -> int:
    found = re.fullmatch(r'\.SEGMENT\s+DIGIT\s.*"([0-9])"\s*', line)
    if found is None:
        raise _wrong(number, line, 'expected `.SEGMENT DIGIT … "8"`')
    return int(found.group(1))


def _point(number: int, line: str) -> tuple[float, float]:
    try:
        x, y = (float(word) for word in line.split())
    except ValueError:
        raise _wrong(number, line, "expected two numbers, `x y`") from None
    if not (np.isfinite(x) and np.isfinite(y)):
        raise _wrong(number, line, "expected two finite numbers")
    return x, y


def _wrong(number: int, line: str, reason: str) -> StrokesError:
    return StrokesError(message("Line {n} of the strokes, “{line}”: {why}.", n=number, line=line[:60], why=reason))


def read_samples(path: Path) -> list[Sample]:
    """The digits in a file, plain or gzip.

    Raises:
        StrokesError: it cannot be read, is damaged, or holds no digit.
    """
    try:
        packed = path.read_bytes()[:MOST_BYTES]
        data = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
        samples = list(samples_of(data.decode("ascii")))
    except (OSError, EOFError, zlib.error) as error:
        raise StrokesError(message("“{path}” cannot be read: {why}.", path=path, why=error)) from error
    except UnicodeDecodeError as error:
        raise StrokesError(message("“{path}” holds no pen strokes: it is not plain text.", path=path)) from error
    if not samples:
        raise StrokesError(message("“{path}” holds no digit.", path=path))
    return samples


class Player:
    """Writes digits on a pad as a pen would."""

    def __init__(self, pad: Pad) -> None:
        self._pad = pad
        capabilities = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
        self._pen = QPointingDevice(
            "pen",
            1,
            QInputDevice.DeviceType.Stylus,
            QPointingDevice.PointerType.Pen,
            capabilities,
            1,
            1,
        )

    def picture(self, sample: Sample) -> NDArray[np.float32]:
        """Clear the pad, write a digit in its middle, and take its picture, (28, 28) in [0, 1].

        Raises:
            StrokesError: nothing can be seen.
        """
        self._pad.clear()
        for line in self._placed(sample):
            self._send(QEvent.Type.TabletPress, line[0], Qt.MouseButton.LeftButton)
            for point in line[1:]:
                self._send(QEvent.Type.TabletMove, point, Qt.MouseButton.NoButton)
            self._send(QEvent.Type.TabletRelease, line[-1], Qt.MouseButton.LeftButton)
        picture = self._pad.picture()
        if picture is None:
            raise StrokesError(message("A {digit} left no ink on the pad.", digit=sample.label))
        return picture

    def _placed(self, sample: Sample) -> list[list[QPointF]]:
        """The lines in the pad's pixels, their aspect kept, y growing downward."""
        points = np.array([point for line in sample.lines for point in line])
        low, high = points.min(0), points.max(0)
        scale = FILLED * PAD / max(float((high - low).max()), 1e-9)
        middle = (low + high) / 2
        return [
            [QPointF(PAD / 2 + (x - middle[0]) * scale, PAD / 2 - (y - middle[1]) * scale) for x, y in line]
            for line in sample.lines
        ]

    def _send(self, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton) -> None:
        up = kind == QEvent.Type.TabletRelease
        buttons = Qt.MouseButton.NoButton if up else Qt.MouseButton.LeftButton
        modifiers = Qt.KeyboardModifier.NoModifier
        where = QPointF(self._pad.mapToGlobal(place))
        event = QTabletEvent(
            kind, self._pen, place, where, NEUTRAL, 0.0, 0.0, 0.0, 0.0, 0.0, modifiers, button, buttons
        )
        QApplication.sendEvent(self._pad, event)


def pictures_of(samples: Iterable[Sample]) -> NDArray[np.float32]:
    """Each digit's picture as the pad gives it, (N, 28, 28) in [0, 1]; there must be a `QApplication`."""
    background = Background()
    pad = Pad(background)
    pad.resize(PAD, PAD)
    pad.show()
    try:
        player = Player(pad)
        return np.stack([player.picture(sample) for sample in samples])
    finally:
        pad.close()
        background.close()


def read(pictures: NDArray[np.float32], path: Path) -> NDArray[np.int64]:
    """The digits that the network in a file reads, (N,).

    Raises:
        PlaygroundError: the file cannot be used.
    """
    import torch

    from playground.engine.evaluation.evaluate import probabilities
    from playground.engine.weights import load

    trained = load(path)
    known = probabilities(trained.network, torch.from_numpy(pictures[:, None]), trained.experiment.recipe.loss)
    return known.argmax(1)


def sheet(pictures: NDArray[np.float32], labels: NDArray[np.int64], found: NDArray[np.int64]) -> QImage:
    """The misread digits, twenty in a row, each with what it is and what was read."""
    wrong = np.flatnonzero(labels != found)
    side, caption, columns = 56, 16, 20
    rows = max(1, -(-len(wrong) // columns))
    image = QImage(columns * (side + 8) + 8, rows * (side + caption + 8) + 8, QImage.Format.Format_RGB32)
    image.fill(QColor("#202428"))
    painter = QPainter(image)
    painter.setPen(QColor("white"))
    for place, index in enumerate(wrong):
        x, y = 8 + place % columns * (side + 8), 8 + place // columns * (side + caption + 8)
        painter.drawImage(x, y, image_of(pictures[index]).scaled(side, side))
        painter.drawText(x, y + side + caption - 4, f"{labels[index]} → {found[index]}")
    painter.end()
    return image


def table(labels: NDArray[np.int64], found: NDArray[np.int64]) -> Table:
    """How well each digit was read, and for what it was taken otherwise."""
    result = Table("digit", "written", "read", "accuracy", "mistaken for")
    for digit in range(10):
        mine = labels == digit
        right = int((found[mine] == digit).sum())
        others = np.bincount(found[mine & (found != digit)], minlength=10)
        worst = ", ".join(f"{other} ({others[other]})" for other in np.argsort(-others)[:3] if others[other])
        share = f"{right / mine.sum():.4f}" if mine.any() else "–"
        result.add_row(str(digit), str(int(mine.sum())), str(right), share, worst)
    return result


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--strokes", type=Path, required=True, help="raw pen strokes, plain or gzip")
    parser.add_argument("--network", type=Path, help="a trained network; the bundled reader by default")
    parser.add_argument("--sheet", type=Path, help="write the misread digits to this PNG file")
    options = parser.parse_args()
    application = QApplication.instance() or QApplication([])
    try:
        samples = read_samples(options.strokes)
        pictures = pictures_of(samples)
        found = read(pictures, options.network or resource("presets", "reader.safetensors"))
    except PlaygroundError as error:
        print(error, file=sys.stderr)
        return 1
    labels = np.array([sample.label for sample in samples])
    Console().print(table(labels, found))
    if options.sheet and not sheet(pictures, labels, found).save(str(options.sheet)):
        print(f"The sheet could not be written to {options.sheet}.", file=sys.stderr)
        return 1
    print(f"accuracy {(labels == found).mean():.4f}")
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
