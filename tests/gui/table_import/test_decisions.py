"""What follows from a decision in the import view."""

from __future__ import annotations

from pathlib import Path

from playground.engine.data.sources.table import inspect
from playground.gui.table_import.decisions import with_groups, with_part, with_role, with_setting, with_test_file
from playground.gui.table_import.reader import Draft
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.table import Table
from tests.engine.data.titanic_table import write_titanic


def _draft(folder: Path) -> Draft:
    path = str(write_titanic(folder / "titanic.csv"))
    data = Table.of_source(inspect(path).source, Table(target="Survived"))
    return Draft(path, ReadingChoice(), data)


def test_roles(tmp_path: Path) -> None:
    draft = _draft(tmp_path)
    assert with_role(draft, "Age", "left out").choice.column("Age").used is False
    assert with_role(draft, "Name", "input").choice.column("Name").used is True
    assert with_role(with_role(draft, "Age", "left out"), "Age", None) == draft
    pclass = with_role(draft, "Pclass", "target")
    assert (pclass.data.target, pclass.choice) == ("Pclass", ReadingChoice())
    assert with_role(draft, "Name", "target").choice.column("Name").used is True
    dropped = with_role(draft, "Survived", "left out")
    assert dropped.data.target != "Survived"
    assert dropped.choice.column("Survived").used is False


def test_kind_scaling_and_order_are_kept_for_the_column(tmp_path: Path) -> None:
    draft = with_part(with_part(_draft(tmp_path), "Pclass", "kind", "category"), "Age", "scaling", "robust")
    assert draft.choice.column("Pclass").kind == "category"
    assert draft.choice.column("Age").scaling == "robust"
    assert with_part(draft, "Age", "scaling", None).choice.column("Age").scaling is None


def test_a_column_of_groups_divides_the_rows(tmp_path: Path) -> None:
    draft = with_groups(_draft(tmp_path), "Name")
    assert (draft.choice.groups, draft.data.split_by) == ("Name", "groups")
    assert with_groups(draft, "").data.split_by == "stratified"
    named = with_setting(draft, "split_by", "named")
    assert with_groups(named, "Sex").data.split_by == "named"


def test_a_test_file_divides_the_rows(tmp_path: Path) -> None:
    draft = with_test_file(_draft(tmp_path), "/data/test.csv")
    assert (draft.choice.test_file, draft.data.split_by) == ("/data/test.csv", "file")
    assert with_test_file(draft, "").data.split_by == "stratified"
    chosen = with_setting(draft, "split_by", "chance")
    assert with_test_file(chosen, "").data.split_by == "chance"
