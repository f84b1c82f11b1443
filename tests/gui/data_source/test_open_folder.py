"""A folder of pictures or of texts is opened from the File menu."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.picture_folder import OwnPictures
from tests.gui.conftest import Answers
from tests.gui.data_source.test_data_source import a_folder


def test_a_folder_is_opened_from_the_menu(qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path) -> None:
    for name in ("good", "bad"):
        (tmp_path / "words" / name).mkdir(parents=True)
        for number in range(8):
            (tmp_path / "words" / name / f"{number}.txt").write_text(f"{name} text {number}", encoding="utf-8")
    for folder, kind in ((a_folder(tmp_path / "shades", pictures=6), OwnPictures), (tmp_path / "words", LabelledTexts)):
        answers.path = folder
        with qtbot.waitSignal(ready.data_source.found, timeout=20_000):
            ready.file_menu.open_folder.trigger()
        assert isinstance(ready.document.experiment.data, kind)
        assert ready.document.experiment.data.own_path == str(folder)
    assert len(answers.asked) == 2
