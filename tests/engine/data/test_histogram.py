"""The small pictures of columns that are left out: by numbers, days or texts, counted by hand."""

from __future__ import annotations

from pathlib import Path

from playground.engine.data.sources.table import inspect
from playground.engine.data.table_overview import overview
from playground.spec.data.table_reading import ColumnChoice, ReadingChoice
from playground.spec.datasets.table import Table


def test_columns_that_are_left_out_are_drawn_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"{i * 7 % 5},{i % 3},{i % 4 * 10},{'xyz'[i * i % 3]},name {i},same" for i in range(24)]
    path.write_text("\n".join(["a,b,number,letter,text,constant", *lines]))
    columns = tuple(ColumnChoice(name=name, used=False) for name in ("number", "letter"))
    found = inspect(str(path), choice=ReadingChoice(columns=columns))
    bars = {item.column.name: item.bars for item in overview(found, Table.of_source(found.source, Table())).columns}
    assert [count for count in bars["number"] if count] == [6, 6, 6, 6]
    assert bars["letter"] == (16, 8)  # squares leave 0 or 1
    assert bars["text"] == ()  # all differ
    assert bars["constant"] == (24,)
