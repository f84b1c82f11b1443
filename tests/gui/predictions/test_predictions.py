"""The network's answers for files: chosen in the menu or dropped on the panel, sorted by doubt, saved."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.engine.data.sources.labelled import inspect
from playground.engine.inference.predictions.prediction import Prediction
from playground.gui.predictions.dialog import PredictionsDialog
from playground.gui.predictions.model import ANSWER
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.files.presets import preset
from playground.spec.first_experiment import first_experiment
from playground.spec.messages import message
from tests.gui.conftest import Answers


@pytest.fixture
def trained(qtbot: QtBot, ready: Program) -> Program:
    """Iris, trained for a few epochs."""
    experiment = first_experiment(Table())
    recipe = experiment.recipe.with_(epochs=12)
    ready.document.load(experiment.with_(name="Irises", recipe=recipe), None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=60_000)
    qtbot.waitUntil(lambda: ready.file_menu.predict.isEnabled())
    return ready


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    path = tmp_path / "flowers.csv"
    path.write_text(
        "name,petal width,petal length,sepal width,sepal length,species\n"
        "a,0.2,1.4,3.5,5.1,setosa\nb,1.7,4.9,2.9,6.1,\nc,2.3,6.0,3.0,7.7,setosa\nd,,6.0,3.0,7.7,setosa\n"
    )
    return path


def dialog_of(program: Program, qtbot: QtBot) -> PredictionsDialog:
    """The dialog once it shows the answers."""
    dialog = program.window.findChild(PredictionsDialog)
    assert isinstance(dialog, PredictionsDialog)
    qtbot.waitUntil(lambda: dialog.model is not None, timeout=20_000)
    return dialog


def answers_in(dialog: PredictionsDialog) -> list[str]:
    """The texts of the answers, from top to bottom."""
    shown = dialog.table.model()
    return [shown.index(row, ANSWER).data() for row in range(shown.rowCount())]


def drop(program: Program, *paths: Path) -> bool:
    """Drag files over the panel and drop them there if it accepts them; return whether it did."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    assert program.task is not None
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    program.task.dragEnterEvent(entering)
    if entering.isAccepted():
        program.task.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    return entering.isAccepted()


def test_answers_for_a_chosen_file_are_sorted_by_doubt_and_saved(
    qtbot: QtBot, trained: Program, answers: Answers, flowers: Path, tmp_path: Path
) -> None:
    answers.path = flowers
    trained.file_menu.predict.trigger()
    dialog = dialog_of(trained, qtbot)
    assert dialog.heading.whole == "“Irises” answers for flowers.csv"
    assert answers_in(dialog)[0] == "setosa"
    assert answers_in(dialog)[2:] == ["virginica", "no value for petal width"]
    assert dialog.summary.text().startswith("3 answers; 1 without an answer.")
    assert "1 of 2 agree with “species”. 1 row is not counted: “species” is empty" in dialog.summary.text()
    assert dialog.model is not None
    doubt = dialog.model.doubt_column
    assert doubt is not None
    dialog.table.sortByColumn(doubt, Qt.SortOrder.DescendingOrder)
    doubts = [item.doubt for item in dialog.model.predictions]
    order = sorted(range(4), key=lambda row: -doubts[row])
    assert answers_in(dialog)[0] == "no value for petal width"
    assert dialog.table.model().index(1, 0).data() == f"row {order[1] + 2}"
    answers.path = tmp_path / "answers.csv"
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.outcome.text() == "Saved as answers.csv")
    assert dialog.outcome.isVisible()
    with open(tmp_path / "answers.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[0]["predicted species"] == "setosa"
    assert answers.asked[-1] == "flowers answers.csv"
    answers.path, before = flowers, flowers.read_bytes()
    with qtbot.waitSignal(trained.predictions.failed) as refused:
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert f"that would replace “{flowers}”, which is read" in str(refused.args[0])
    assert flowers.read_bytes() == before
    assert not dialog.outcome.isVisible()  # nothing was saved this time


def test_files_dropped_on_the_panel_are_answered_and_can_be_learned_from_instead(
    qtbot: QtBot, trained: Program, flowers: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"")
    assert not drop(trained, picture)  # no row of a table
    assert drop(trained, flowers)
    dialog = dialog_of(trained, qtbot)
    learn = next(button for button in dialog.buttons.buttons() if button.text() == "Learn from it instead")
    failed = []
    trained.data_source.changed.connect(lambda state: failed.append(state.failure))
    qtbot.mouseClick(learn, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(failed), timeout=20_000)  # four rows are too few, and that is said
    assert trained.window.findChild(PredictionsDialog) is None or not dialog.isVisible()


def test_nothing_is_asked_of_a_network_that_has_not_learned(ready: Program, flowers: Path) -> None:
    ready.document.load(first_experiment(Table()), None)
    assert not ready.file_menu.predict.isEnabled()
    assert not drop(ready, flowers)
    ready.document.load(preset("shakespeare-lstm").experiment, None)
    assert not ready.file_menu.predict.isEnabled()


def test_closing_before_the_answers_come_ends_the_work(
    qtbot: QtBot, trained: Program, answers: Answers, tmp_path: Path
) -> None:
    many = tmp_path / "many.csv"
    header = "petal width,petal length,sepal width,sepal length\n"
    many.write_text(header + "0.2,1.4,3.5,5.1\n" * 100_000)
    answers.path = many
    trained.file_menu.predict.trigger()
    dialog = trained.window.findChild(PredictionsDialog)
    assert isinstance(dialog, PredictionsDialog)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    (thread,) = trained.predictions.threads
    with qtbot.waitSignal(thread.do(lambda: None).done):
        pass


def test_numbers_are_sorted_also_where_some_are_missing(qtbot: QtBot) -> None:
    data = Table(target="petal width")
    found = [Prediction("a.csv", f"row {row}", f"{value}", value=value) for row, value in ((2, 10.5), (3, 9.0))]
    found.append(Prediction("a.csv", "row 4", problem=message("no value for sepal width")))
    window = QWidget()
    qtbot.addWidget(window)
    dialog = PredictionsDialog("Irises", "a.csv", learnable=False, parent=window)
    dialog.show_predictions(data, found)
    dialog.table.sortByColumn(ANSWER, Qt.SortOrder.DescendingOrder)
    assert answers_in(dialog) == ["10.5", "9.0", "no value for sepal width"]
    assert dialog.model is not None
    assert dialog.model.doubt_column is None


def test_a_long_reason_is_shown_whole_wherever_its_row_is_sorted_to(qtbot: QtBot) -> None:
    why = "“300 g” in the weight of the parcel as it was handed in is not a number in kg, the unit of the table before"
    found = [Prediction("a.csv", f"row {row}", f"{row}", value=float(row)) for row in range(2, 6)]
    found.insert(1, Prediction("a.csv", "row 9", problem=message(why)))
    window = QWidget()
    qtbot.addWidget(window)
    dialog = PredictionsDialog("Parcels", "a.csv", learnable=False, parent=window)
    dialog.show_predictions(Table(target="petal width"), found)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        dialog.table.sortByColumn(ANSWER, order)
        heights = {text: dialog.table.rowHeight(row) for row, text in enumerate(answers_in(dialog))}
        wanted = dialog.table.fontMetrics().boundingRect(
            0, 0, dialog.table.columnWidth(ANSWER) - 8, 1000, Qt.TextFlag.TextWordWrap, why
        )
        assert heights.pop(why) >= wanted.height()
        assert max(heights.values()) < wanted.height()
        assert dialog.table.model().index(0, ANSWER).data(Qt.ItemDataRole.ToolTipRole)


def test_texts_in_a_column_of_a_table_are_answered(
    qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    path = tmp_path / "reviews.csv"
    rows = [f"a {('lovely', 'awful')[n % 2]} tree {n},{('good', 'bad')[n % 2]}" for n in range(100)]
    path.write_text("\n".join(["review,label", *rows]))
    experiment = first_experiment(LabelledTexts.of_source(inspect(str(path)).source, LabelledTexts()))
    ready.document.load(experiment.with_(recipe=experiment.recipe.with_(epochs=20)), None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=60_000)
    qtbot.waitUntil(lambda: ready.file_menu.predict.isEnabled())
    path.write_text("stars;Review\n3,5;a lovely tree, yes\n1,0;the awful river\n")
    assert drop(ready, path)
    dialog = dialog_of(ready, qtbot)
    assert answers_in(dialog) == ["good", "bad"]
    dialog.close()
    answers.path = None
    ready.file_menu.predict.trigger()
    assert "*.csv" in answers.filters


def test_columns_of_the_file_are_sorted_by_numbers_and_dates_however_they_are_written(qtbot: QtBot) -> None:
    rows = [("9,5", "01.12.2025"), ("10,25", "31.01.2024"), ("", "02.02.2025")]
    found = [
        Prediction("a.csv", f"row {at}", "setosa", (0.5, 0.25, 0.25), cells={"size": size, "day": day})
        for at, (size, day) in enumerate(rows, 2)
    ]
    window = QWidget()
    qtbot.addWidget(window)
    dialog = PredictionsDialog("Irises", "a.csv", learnable=False, parent=window)
    dialog.show_predictions(Table(), found)
    shown = dialog.table.model()
    headings = [shown.headerData(at, Qt.Orientation.Horizontal) for at in range(shown.columnCount())]
    for name, order in (("size", ["", "9,5", "10,25"]), ("day", ["31.01.2024", "02.02.2025", "01.12.2025"])):
        column = headings.index(name)
        dialog.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        assert [shown.index(row, column).data() for row in range(3)] == order
