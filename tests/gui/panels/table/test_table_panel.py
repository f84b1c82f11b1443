"""The panel for tables: entries for the columns, and the network's answer as they move."""

from __future__ import annotations

from datetime import date
from math import isnan, nan
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.data.sources.table import inspect
from playground.gui.forms.editors import AmongEditor
from playground.gui.panels.table.entries import CategoryEntry, DateEntry, NumberEntry
from playground.gui.panels.table.inference import Predicted, predict
from playground.gui.panels.table.view import TableView
from playground.gui.recipe.popover import Popover
from playground.gui.session.network_source import NetworkSource
from playground.gui.start.program import Program
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.table import Table
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.messages import message


@pytest.fixture
def houses(tmp_path: Path) -> Table:
    path = tmp_path / "houses.csv"
    lines = [f"{50 + i},{('Berlin', 'Rom')[i % 2]},{i * 0.5},{1000 * i}" for i in range(40)]
    path.write_text("\n".join(["size,place,age,price", *lines]))
    return Table(source=inspect(str(path)).source, target="price")


@pytest.fixture
def widget(qtbot: QtBot, houses: Table) -> TableView:
    made = TableView()
    qtbot.addWidget(made)
    made.show_data(houses)
    return made


def test_each_column_has_the_entry_for_its_kind(widget: TableView) -> None:
    size, place, age = widget.entries
    assert isinstance(size, NumberEntry)
    assert isinstance(place, CategoryEntry)
    assert isinstance(age, NumberEntry)
    assert size.slider.maximum() == 39  # a step for every whole number
    assert [place.choices.itemText(i) for i in range(place.choices.count())] == ["Berlin", "Rom"]


@pytest.fixture
def visits(tmp_path: Path) -> Table:
    path = tmp_path / "visits.csv"
    lines = [f"2025-{1 + i % 12:02}-{1 + i % 28:02},{i % 24}:30,{'' if i % 3 else i},{i % 2}" for i in range(60)]
    path.write_text("\n".join(["day,time,age,ill", *lines]))
    choice = ReadingChoice(missing="own")
    return Table(source=inspect(str(path), choice=choice).source, target="ill")


def test_dates_have_a_field_and_what_may_be_missing_a_box(qtbot: QtBot, visits: Table) -> None:
    widget = TableView()
    qtbot.addWidget(widget)
    widget.show_data(visits)
    day, time, age = widget.entries
    assert isinstance(day, DateEntry)
    assert isinstance(time, DateEntry)
    assert [item.field.displayFormat() for item in (day, time)] == ["yyyy-MM-dd", "HH:mm"]
    assert [item.missing.isHidden() for item in widget.entries] == [True, True, False]
    with qtbot.waitSignal(widget.asked) as asked:
        day.field.setDate(QDate(2025, 3, 9))
    assert asked.args is not None
    assert asked.args[0][0] // 86_400 == date(2025, 3, 9).toordinal() - date(1970, 1, 1).toordinal()
    assert not isnan(asked.args[0][2])
    with qtbot.waitSignal(widget.asked) as asked:
        age.missing.click()
    assert asked.args is not None
    assert isnan(asked.args[0][2])
    widget.show_row((0.0, 45_000.5, 7.0), "1")
    assert widget.row == (0.0, 45_000.5, 7.0)
    assert not age.missing.isChecked()
    widget.show_row((0.0, 45_000.5, nan), "1")
    assert age.missing.isChecked()


def test_a_movement_asks_with_all_values(widget: TableView, qtbot: QtBot) -> None:
    size = widget.entries[0]
    assert isinstance(size, NumberEntry)
    with qtbot.waitSignal(widget.asked) as asked:
        size.slider.setValue(5)
    assert asked.args is not None
    assert asked.args[0][0] == 55
    assert len(asked.args[0]) == 3


def test_a_row_of_the_table_is_shown_to_the_digit(widget: TableView) -> None:
    widget.show_row((61.0, 1.0, 3.1415), "11,000")
    assert widget.row == (61.0, 1.0, 3.1415)
    assert "11,000" in widget.truth.text()


def test_answers_of_both_kinds(widget: TableView, houses: Table) -> None:
    widget.show_answer(Predicted(value=12345.6))
    assert widget.answer.text() == "12,346"
    widget.show_data(houses.with_(target="place"))
    assert widget.answer.text() == ""
    widget.show_answer(Predicted((0.2, 0.8)))
    assert widget.answer.text() == "Rom"
    widget.set_message(message("No."))
    assert widget.note.text() == "No."


def test_a_wrong_answer_for_a_row_of_the_table_looks_and_reads_wrong(widget: TableView, houses: Table) -> None:
    widget.show_data(houses.with_(target="place"))
    widget.set_trained(True)
    for shares, said, looks in (
        ((0.2, 0.8), "✗ Wrong. In the table: Berlin", "error"),
        ((0.8, 0.2), "In the table: Berlin", "muted"),
    ):
        widget.show_row((61.0, 3.0, 1000.0), "Berlin")
        widget.show_answer(Predicted(shares))
        assert widget.truth.text() == said
        assert widget.truth.property("look") == looks
        assert widget.bars.accessibleName().endswith("which is wrong") is (looks == "error")
        assert widget.answer.property("look") == ("error" if looks == "error" else "accent")
    widget.show_answer(Predicted((0.2, 0.8)))
    widget._changed()  # a slider was moved: it is no row of the table any more
    assert widget.truth.text() == ""
    assert widget.answer.property("look") == "accent"


def test_the_network_is_asked_in_the_units_of_the_table(houses: Table) -> None:
    from torch import nn

    experiment = Experiment(data=houses, stack=Stack(layers=(Linear(out_features=1),)))
    network = nn.Sequential(nn.Linear(4, 1))
    nn.init.zeros_(network[0].weight)
    nn.init.zeros_(network[0].bias)
    source = NetworkSource(experiment, None, 0, True)
    mean = predict(network, source, (60.0, 0.0, 1.0)).value
    assert 15_000 < mean < 24_000  # the mean price of what is trained on
    iris = NetworkSource(experiment.with_(data=Table()), None, 0, True)
    shares = predict(nn.Sequential(nn.Linear(4, 3)), iris, (5.0, 3.0, 1.0, 0.2)).probabilities
    assert sum(shares) == pytest.approx(1.0)


def test_the_target_is_chosen_among_the_columns(program: Program, qtbot: QtBot) -> None:
    program.document.do(Set(("data",), Table(), message("Table")))
    assert isinstance(program.window.findChild(TableView), TableView)
    assert program.recipe is not None
    program.recipe.cell("data")._open_more()  # type: ignore[attr-defined]
    popover = program.window.findChild(Popover)
    assert popover is not None
    editor = popover.findChild(AmongEditor)
    assert editor is not None
    assert editor.choices.count() == 5
    assert editor.choices.currentText() == "species"
    editor.choices.setCurrentIndex(0)
    editor.choices.activated.emit(0)
    assert program.document.experiment.data.target == "sepal length"  # type: ignore[attr-defined]
    popover.close()


def test_keys_move_a_slider(widget: TableView, qtbot: QtBot) -> None:
    size = widget.entries[0]
    before = size.value
    qtbot.keyClick(size.focusProxy(), Qt.Key.Key_Right)
    assert size.value == before + 1 or abs(size.value - before) <= 1


def test_a_long_truth_is_read_to_its_end_and_moves_nothing(widget: TableView, houses: Table) -> None:
    widget.resize(294, 420)
    widget.show_data(houses.with_(target="place"))
    widget.set_trained(True)
    widget.show()
    placed = []
    for target in ("Rom", "Iris-versicolor"):
        widget.show_row((61.0, 1.0, 3.0), target)
        widget.show_answer(Predicted((0.2, 0.8)))
        QApplication.processEvents()
        placed.append(widget.sample.geometry())
    assert widget.truth.text() == "✗ Wrong. In the table: Iris-versicolor"
    assert placed[0] == placed[1]
    assert widget.sample.width() >= widget.sample.sizeHint().width()
    lines = round(widget.truth.heightForWidth(widget.truth.width()) / widget.truth.fontMetrics().lineSpacing())
    assert lines == 2
    assert widget.truth.geometry().right() < widget.width()


def test_an_untrained_network_makes_no_mistakes_about_a_row(widget: TableView, houses: Table) -> None:
    widget.show_data(houses.with_(target="place"))
    widget.show_row((61.0, 3.0, 1000.0), "Berlin")
    widget.show_answer(Predicted((0.2, 0.8)))
    assert (widget.truth.text(), widget.truth.property("look")) == ("In the table: Berlin", "muted")
    assert widget.answer.property("look") == "faint"


@pytest.mark.parametrize(
    ("last", "first", "shown"),
    [
        ("31.12.{}", "%d.%m.%Y", "dd.MM.yyyy"),
        ("12/31/{}", "%m/%d/%Y", "MM/dd/yyyy"),
        ("{}-12-31", "%Y-%m-%d", "yyyy-MM-dd"),
    ],
)
def test_a_date_is_shown_in_the_order_of_the_table(
    qtbot: QtBot, tmp_path: Path, last: str, first: str, shown: str
) -> None:
    path = tmp_path / "visits.csv"
    days = [f"{date(2025, 1 + n % 12, 1 + n):{first}}" for n in range(24)]
    path.write_text("\n".join(["day;visits", *(f"{day};{n}" for n, day in enumerate([*days, last.format(2025)]))]))
    view = TableView()
    qtbot.addWidget(view)
    view.show_data(Table(source=inspect(str(path)).source, target="visits"))
    (day,) = view.entries
    assert isinstance(day, DateEntry)
    assert day.field.displayFormat() == shown
    with qtbot.waitSignal(view.asked) as asked:
        day.field.setDate(QDate(2025, 3, 9))
    assert day.field.text() == f"{date(2025, 3, 9):{first}}"
    assert asked.args is not None
    assert asked.args[0][0] // 86_400 == date(2025, 3, 9).toordinal() - date(1970, 1, 1).toordinal()
