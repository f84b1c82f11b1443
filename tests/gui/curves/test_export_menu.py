"""Pictures, tables and drawings of the curves are written and copied, beside the event loop and in whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from playground.engine.training.snapshots import Step
from playground.gui.curves.export import table
from playground.gui.curves.panel import CurvesPanel
from playground.gui.session.background import Background
from playground.spec.messages import Message
from tests.event_records import scalars_in
from tests.gui.curves.conftest import Answer
from tests.gui.curves.runs import experiment, whole_run


@pytest.fixture
def background() -> Iterator[Background]:
    thread = Background()
    yield thread
    thread.close()


def test_pictures_and_drawings_can_be_opened(panel: CurvesPanel, answer: Answer, tmp_path: Path) -> None:
    panel.begin(experiment("a/b"), 10)
    panel.add(whole_run())
    answer.path = tmp_path / "curves.png"
    panel.export_menu.save_png()
    assert answer.suggestion == Path("a b.png")
    image = QImage(str(answer.path))
    assert image.size() == panel.plots.size() * 2
    assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}) > 4
    answer.path = tmp_path / "curves.svg"
    panel.export_menu.save_svg()
    text = answer.path.read_text()
    assert text.count("<path") + text.count("<polyline") > 10
    assert "<image" not in text


def test_the_table_is_written_beside_the_event_loop(
    qtbot: QtBot, answer: Answer, background: Background, tmp_path: Path
) -> None:
    panel = CurvesPanel(ask=answer, background=background, saving=background)
    qtbot.addWidget(panel)
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    assert panel.present is not None
    answer.path = tmp_path / "curves.csv"
    panel.export_menu.save_csv()
    qtbot.waitUntil(answer.path.exists)
    assert answer.path.read_text() == table(panel.present)
    panel.export_menu.copy_table()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == table(panel.present))


def test_what_is_copied_waits_for_nothing_that_is_written(
    qtbot: QtBot, answer: Answer, background: Background, tmp_path: Path
) -> None:
    QGuiApplication.clipboard().clear()
    saving, written = Background(lasting=True), Event()
    saving.do(written.wait)
    panel = CurvesPanel(ask=answer, background=background, saving=saving)
    qtbot.addWidget(panel)
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    assert panel.present is not None
    answer.path = tmp_path / "curves.csv"
    panel.export_menu.save_csv()
    panel.export_menu.copy_table()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == table(panel.present))
    assert not answer.path.exists()
    written.set()
    saving.close()
    assert answer.path.read_text() == table(panel.present)


def test_the_picture_can_be_copied(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    panel.export_menu.copy_picture()
    assert QGuiApplication.clipboard().image().width() == panel.plots.width() * 2


def test_a_file_that_cannot_be_written_is_a_sentence(
    qtbot: QtBot, panel: CurvesPanel, answer: Answer, tmp_path: Path
) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    answer.path = tmp_path / "missing" / "curves.csv"
    with qtbot.waitSignal(panel.failed) as told:
        panel.export_menu.save_csv()
    assert isinstance(told.args[0], Message)
    assert "folder does not exist" in str(told.args[0])


def test_the_scalars_are_written_for_tensorboard(panel: CurvesPanel, answer: Answer, tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    run = whole_run()
    panel.begin(experiment("a/b"), 10)
    panel.add(run)
    answer.path = tmp_path
    panel.export_menu.save_events()
    (folder,) = tmp_path.iterdir()
    (path,) = folder.iterdir()
    found = scalars_in(path)
    losses = [(item.step, pytest.approx(item.loss)) for item in run if isinstance(item, Step)]
    assert [(item.step, item.value) for item in found["train/loss"]] == losses
    assert [(item.step, item.value) for item in found["test/loss"]] == [(40, pytest.approx(0.07))]
    assert [item.step for item in found["epoch/validation_loss"]] == [10, 20, 30, 40]
    times = [item.time for item in found["epoch/train_loss"]]
    assert [after - before for before, after in pairwise(times)] == pytest.approx([1.0] * 3)


def test_no_menu_is_left_to_the_collector(qtbot: QtBot) -> None:
    before = QApplication.allWidgets()
    panel = CurvesPanel()
    qtbot.addWidget(panel)
    made = [widget for widget in QApplication.allWidgets() if widget not in before]
    assert [widget for widget in made if isinstance(widget, QMenu)]
    assert not [widget for widget in made if isinstance(widget, QMenu) and widget.parent() is None]
