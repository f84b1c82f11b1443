"""The overview of a table: roles, bars, associations, the balance of the target and warnings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.engine.data.sources.table import inspect
from playground.engine.data.table_overview import network_inputs, overview
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.table import Table
from playground.spec.number_text import amount_text
from tests.engine.data.titanic_table import NO_AGE, ROWS, write_titanic


def _table(path: Path, target: str, choice: ReadingChoice | None = None):
    found = inspect(str(path), choice=choice)
    data = Table.of_source(found.source, Table(target=target))
    return found, data, overview(found, data)


def test_a_table_like_the_titanics(tmp_path: Path) -> None:
    found, data, shown = _table(write_titanic(tmp_path / "titanic.csv"), "Survived")
    columns = {item.column.name: item for item in shown.columns}
    assert [item.role for item in shown.columns] == [
        "left out", "target", "input", "left out", "input", "input", "input", "input", "input",
    ]  # fmt: skip
    assert str(shown.balance) == "Survived: no 549 · yes 342. Always saying no is right for 61.6 %."
    assert columns["Age"].missing == NO_AGE
    assert (sum(columns["PassengerId"].bars), max(columns["PassengerId"].bars)) == (891, 75)
    assert columns["Survived"].bars == (549, 342)
    assert sum(columns["Fare"].bars) == ROWS
    assert len(columns["Fare"].bars) == 12
    assert columns["PassengerId"].reason is not None
    assert columns["Sex"].association is not None
    assert columns["Sex"].association.measure == "V"
    assert columns["Fare"].association is not None
    assert columns["Fare"].association.measure == "epsilon"
    assert [str(item) for item in shown.filled] == [
        "Age: 177 of 891 missing, filled with the median of the training rows",
        "Embarked: 2 of 891 missing, filled with the most frequent category",
    ]
    lacking = [row[5] for row in shown.lacking]
    assert lacking == [row[5] == "" for row in found.first]
    assert data.train_count + data.validation_count + data.test_count == ROWS


def test_a_column_that_gives_the_target_away_is_named(tmp_path: Path) -> None:
    _, _, shown = _table(write_titanic(tmp_path / "titanic.csv", boat=True), "Survived")
    assert str(shown.giveaways[0]) == "“Boat” alone gives “Survived” away (V = 1.00): is it known before “Survived” is?"


def test_a_target_of_numbers_has_mean_and_deviation(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    rows = [(number, number * 1.5, number % 3) for number in range(40)]
    path.write_text("".join(["a,price,c\n", *(f"{a},{b},x{c}\n" for a, b, c in rows)]))
    _, _, shown = _table(path, "price")
    prices = np.array([row[1] for row in rows])
    assert str(shown.balance).startswith(
        f"price: mean {amount_text(prices.mean())}, standard deviation {amount_text(prices.std())}."
    )
    near = shown.columns[0].association
    assert near is not None
    assert (near.measure, near.gives_away) == ("r", True)
    assert near.strength == pytest.approx(1.0)


def test_what_the_network_gets_is_counted(tmp_path: Path) -> None:
    path = write_titanic(tmp_path / "titanic.csv")
    choice = ReadingChoice(missing="own").with_column("Age", scaling="robust")
    _, data, _ = _table(path, "Survived", choice)
    words = str(network_inputs(data))
    assert words.startswith(f"{data.sample_shape[0]} numbers: ")
    assert "1 scaled by median and quartiles" in words
    assert "2 for missing cells" in words
    assert sum(int(word) for word in words.partition(":")[2].split() if word.isdigit() and len(word) < 3) >= 8
