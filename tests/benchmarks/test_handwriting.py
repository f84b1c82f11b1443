"""The measurement of handwriting reads strokes as they were written, and says where a file of strokes is wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from tests.benchmarks.handwriting import Sample, StrokesError, pictures_of, read_samples, samples_of, sheet

ONE = '.LEXICON "0"\n\n.SEGMENT DIGIT 0 ? "1"\n.COMMENT 8\n.PEN_DOWN\n 10 90\n 10 10\n.PEN_UP\n.DT 100\n'
SEVEN = '.SEGMENT DIGIT 1-2 ? "7"\n.PEN_DOWN\n 0 90\n 50 90\n 20 0\n.PEN_UP\n.PEN_DOWN\n5 50\n40 50\n.PEN_UP\n'


def test_labels_and_lines_are_read() -> None:
    assert list(samples_of(ONE + SEVEN)) == [
        Sample(1, ([(10, 90), (10, 10)],)),
        Sample(7, ([(0, 90), (50, 90), (20, 0)], [(5, 50), (40, 50)])),
    ]


@pytest.mark.parametrize(
    "text",
    [
        ONE.replace('"1"', '"x"'),
        ONE.replace(".PEN_UP\n", ""),
        ONE.replace(".PEN_DOWN\n", ""),
        ONE.replace("10 90", "10 nan"),
        ONE.replace("10 90", "10"),
        ".PEN_DOWN\n1 2\n.PEN_UP\n",
    ],
)
def test_what_is_out_of_place_is_said(text: str) -> None:
    with pytest.raises(StrokesError):
        list(samples_of(text))


@pytest.mark.parametrize("content", [b"", gzip.compress(ONE.encode(), mtime=0)[:20], b"\xff\xfe", b".DT 100\n"])
def test_a_file_that_holds_no_strokes_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "strokes"
    path.write_bytes(content)
    with pytest.raises(StrokesError):
        read_samples(path)


def test_digits_are_written_on_the_pad_upright(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "strokes.gz"
    path.write_bytes(gzip.compress((ONE + SEVEN).encode()))
    one, seven = pictures_of(read_samples(path))
    rows, columns = np.nonzero(one)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, pytest.approx(2.5, abs=1))
    assert (seven[:9] > 0.5).sum() > (seven[-9:] > 0.5).sum()  # the bar is above
    image = sheet(np.stack((one, seven)), np.array([1, 7]), np.array([1, 1]))
    assert image.width() > 28
