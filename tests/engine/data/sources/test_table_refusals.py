"""Tables that cannot be used, or not as was decided: the sentence names the true reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine.data.in_memory import DataError, load
from playground.engine.data.sources.table import inspect
from playground.spec.data.table_reading import ColumnChoice, ReadingChoice
from playground.spec.datasets.table import Table


def test_numbers_with_another_decimal_sign_than_was_decided(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b;c\n" + "".join(f"{i},5;{i},{i}5;x{i % 2}\n" for i in range(20)))
    with pytest.raises(DataError, match=r"a: “0,5” is no number with “\.” as the decimal sign"):
        inspect(str(path), choice=ReadingChoice(decimal="."))


def test_dates_in_another_order_than_was_decided(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("day,v,c\n" + "".join(f"{i}/01/2025,{i * 3 % 7},x{i % 2}\n" for i in range(1, 29)))
    found = inspect(str(path), choice=ReadingChoice(columns=(ColumnChoice(name="day", order="mdy"),)))
    assert [str(why) for why in found.reasons if why] == [
        "16 of its cells cannot be read as was decided, such as “13/01/2025”"
    ]


@pytest.mark.parametrize("missing", ["row", "usual"])
def test_a_hand_written_list_of_categories_that_does_not_fit(missing: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"{'xyz'[i % 3]},{i % 7}\n" for i in range(30)))
    source = inspect(str(path), choice=ReadingChoice.model_validate({"missing": missing})).source
    for categories in ((), ("x", "y")):
        column = source.columns[0].with_(categories=categories, counts=())
        data = Table(source=source.with_(columns=(column, source.columns[1])), target="b")
        with pytest.raises(DataError, match="has changed"):
            load(data)


def test_numbers_that_are_too_large_as_they_are_scaled(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    values = [f"{i % 10 * 1e50!r},{i % 3}" for i in range(40)]
    path.write_text("\n".join(["a,b", *values]))

    def opened(scaling: str) -> Table:
        columns = (ColumnChoice.model_validate({"name": "a", "scaling": scaling}),)
        return Table(source=inspect(str(path), choice=ReadingChoice(columns=columns)).source, target="b")

    for scaling in ("standard", "min-max", "robust"):
        assert load(opened(scaling)).train.cut(0, 99)[0].abs().max() < 4
    unscaled = opened("none")
    assert [str(item.what) for item in unscaled.objections()] == [
        "“a” is not scaled, and holds numbers too large to compute with."
    ]
    with pytest.raises(DataError, match="“a” holds numbers too large to compute with, as it is scaled"):
        load(unscaled)
    path.write_text("\n".join(["a,b", *values, "1e90,1", "-1e90,2"]))
    with pytest.raises(DataError, match="“a” holds numbers too large"):
        load(opened("robust"))
    with pytest.raises(DataError, match="“a” holds numbers too large"):
        load(opened("robust").with_(target="a", asks="number", test_share=0.05, split_by="order"))
