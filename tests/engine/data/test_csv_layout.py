"""A table that is written looks like the one that was read: its separator and decimal sign."""

from __future__ import annotations

import pytest

from playground.engine.data.csv_layout import CsvLayout, layout_of_data
from playground.spec.data.labelled_summary import LabelledFiles
from playground.spec.data.table_reading import TableReading
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.mnist import MNIST


@pytest.mark.parametrize(
    ("reading", "layout"),
    [
        (TableReading(), CsvLayout(",", ".")),
        (TableReading(separator=";"), CsvLayout(";", ",")),
        (TableReading(separator=" "), CsvLayout(",", ".")),
        (TableReading(separator="\t", encoding="cp1252"), CsvLayout("\t", ".", marked=True)),
        (TableReading(form="sheet", separator=";"), CsvLayout()),
    ],
)
def test_of_texts_it_is_that_of_their_file(reading: TableReading, layout: CsvLayout) -> None:
    assert layout_of_data(LabelledTexts(source=LabelledFiles(reading=reading))) == layout


def test_without_a_table_it_is_the_usual_one() -> None:
    assert layout_of_data(MNIST()) == CsvLayout()
