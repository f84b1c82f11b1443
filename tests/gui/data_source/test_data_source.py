"""Data that is not there yet, from the window: said in place, brought on request, and what was left out is listed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shutil import copyfile

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.engine.data import dataset_cache
from playground.gui.data_source.pane import DataSourcePane
from playground.gui.session.dropped_files import DroppedFiles
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.style.dialogs import Answer
from playground.spec.data.dataset import Dataset
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.downloads import CIFAR10, FashionMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.edits import Set
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from playground.spec.first_experiment import first_experiment
from playground.spec.messages import message
from tests.engine.data.sources.test_downloaded import _put, small  # noqa: F401  a fixture
from tests.gui.conftest import Answers


def choose(program: Program, data: object) -> None:
    program.document.do(Set(("data",), data, message("Choose")))


def said(program: Program) -> str:
    return " ".join(program.window.messages.texts())


def test_what_is_not_here_is_said_with_its_size(
    program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dataset_cache, "_SYSTEM", tmp_path)
    choose(program, CIFAR10())
    assert "CIFAR-10 is not on this machine." in said(program)
    buttons = [button.text() for button in program.window.messages.findChildren(QPushButton)]
    assert "Download 170.1 MB" in buttons
    choose(program, MNIST())
    assert "CIFAR-10" not in said(program)


def test_files_are_taken_from_disk(
    program: Program,
    answers: Answers,
    small: list[bytes],  # noqa: F811
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    choose(program, FashionMNIST())
    answers.path = _put(tmp_path / "disk", small)
    with qtbot.waitSignal(program.data_source.found):
        program.data_source.take_from_disk()
    assert program.data_source.state.lacking == 0
    assert "not on this machine" not in said(program)


def test_what_goes_wrong_is_said_and_can_be_tried_again(
    program: Program,
    answers: Answers,
    small: list[bytes],  # noqa: F811
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    choose(program, FashionMNIST())
    answers.path = tmp_path
    program.data_source.take_from_disk()
    qtbot.waitUntil(lambda: "is not in" in said(program))
    program.data_source.download()  # its remotes have no addresses
    qtbot.waitUntil(lambda: not program.data_source.state.busy)
    assert program.data_source.state.failure is not None
    assert "Download" in [button.text().split()[0] for button in program.window.messages.findChildren(QPushButton)]


def test_a_table_is_looked_at_and_what_was_left_out_is_listed(
    qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    program = ready
    assert program.run.state is RunState.IDLE
    path = tmp_path / "own.csv"
    rows = "".join(f"{i},{i % 2},\n" for i in range(60))
    path.write_text(f"a,b,empty\n{rows}1,2,,3\n?,1,\n?,0,\n")
    choose(program, Table())
    answers.path = path
    with qtbot.waitSignal(program.data_source.found, timeout=20_000) as found:
        program.data_source.choose()
    data = program.document.experiment.data
    assert isinstance(data, Table)
    assert str(found.args[0]) == "own.csv: 60 rows. Left out: 3 rows, 1 column (see Data)."
    assert (data.source.name, data.target, data.source.rows) == ("own.csv", "b", 60)
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    assert pane.left_out.text() == "Left out: 3 rows, 1 column"
    assert pane.status.text() == "own.csv: 60 rows, 2 columns"
    assert pane.list.count() == 4
    assert "row 62: 4 cells instead of 3" in pane.list.item(0).text()
    path.write_text("nothing")
    program.data_source.choose()
    qtbot.waitUntil(lambda: "not a table" in said(program), timeout=20_000)
    assert program.document.experiment.data == data
    program.document.undo_stack.undo()
    assert program.document.experiment.data == Table()


def test_a_teacher_is_chosen_as_a_file_and_one_that_cannot_teach_is_refused(
    qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    program = ready
    choose(program, DistilledMNIST(train_limit=20))
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    assert "bundled reader is the teacher" in pane.status.text()
    assert pane.bundled.isHidden()
    answers.path = tmp_path / "broken.safetensors"
    answers.path.write_bytes(b"no network")
    program.data_source.choose()
    qtbot.waitUntil(lambda: "was not opened. It is not a trained network" in said(program), timeout=20_000)
    assert program.document.experiment.data == DistilledMNIST(train_limit=20)
    answers.path = tmp_path / "own.safetensors"
    copyfile(resource("presets", "reader.safetensors"), answers.path)
    with qtbot.waitSignal(program.data_source.found, timeout=20_000):
        program.data_source.choose()
    assert program.document.experiment.data == DistilledMNIST(train_limit=20, teacher=str(answers.path))
    assert program.settings.folder == tmp_path
    assert pane.status.text() == "own.safetensors is the teacher."
    assert "not opened" not in said(program)
    pane.bundled.click()
    assert program.document.experiment.data == DistilledMNIST(train_limit=20)


def done(qtbot: QtBot, program: Program) -> None:
    """Wait until the data source has done all that it was given."""
    with qtbot.waitSignal(program.data_source.background.do(lambda: None).done, timeout=20_000):
        pass


def test_what_is_looked_at_does_not_take_the_place_of_what_was_opened_since(
    qtbot: QtBot, ready: Program, tmp_path: Path
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(20)))
    choose(ready, Table())
    ready.data_source.inspect(path)
    ready.document.load(preset("iris").experiment, None)
    done(qtbot, ready)
    assert ready.document.experiment == preset("iris").experiment
    assert not ready.data_source.state.failure
    assert ready.data_source.state.looking is None
    ready.data_source.inspect(path)
    done(qtbot, ready)
    assert ready.document.experiment.data.title == message("{file}", file="own.csv")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("data", [Table(), OwnText(), DistilledMNIST()], ids=["table", "text", "teacher"])
def test_a_name_that_is_no_text_is_refused_in_a_sentence(
    data: Dataset, qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"p\xff")
    folder.mkdir()
    path = folder / ("own.safetensors" if isinstance(data, DistilledMNIST) else "own.csv")
    if isinstance(data, DistilledMNIST):
        copyfile(resource("presets") / "reader.safetensors", path)
    else:
        path.write_text("a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(2000)))
    choose(ready, data)
    answers.path = path
    ready.data_source.choose()
    done(qtbot, ready)
    assert "this name is not valid Unicode" in str(ready.data_source.state.failure)
    assert ready.document.experiment.data == data


def test_files_are_taken_from_disk_while_a_table_is_looked_at(
    qtbot: QtBot,
    ready: Program,
    answers: Answers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small: list[bytes],  # noqa: F811
) -> None:
    monkeypatch.setattr(dataset_cache, "_SYSTEM", tmp_path / "none")
    path, answers.path = tmp_path / "own.csv", tmp_path / "disk"
    path.write_text("a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(20)))
    _put(answers.path, small)
    choose(ready, FashionMNIST())
    ready.data_source.inspect(path)
    ready.data_source.take_from_disk()
    with qtbot.waitSignal(ready.data_source.found, check_params_cb=lambda said: "own.csv" in str(said), timeout=20_000):
        pass
    assert ready.data_source.state.busy
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000) as found:
        pass
    assert str(found.args[0]) == "Fashion-MNIST is on this machine now."
    assert not ready.data_source.state.busy


def test_a_folder_asks_to_be_chosen(program: Program) -> None:
    choose(program, OwnPictures())
    assert "Choose a folder" in said(program)
    source = PictureFolder(path="/somewhere/own", classes=("a", "b"), counts=(6, 6))
    choose(program, OwnPictures(source=source))
    assert "Choose a folder" not in said(program)


def test_a_text_asks_to_be_chosen_until_it_is(qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path) -> None:
    program = ready
    choose(program, OwnText())
    assert "Choose a text file to learn from." in said(program)
    answers.path = tmp_path / "own.txt"
    answers.path.write_text("the cat sat on the mat " * 100, encoding="utf-8")
    buttons = program.window.messages.findChildren(QPushButton)
    with qtbot.waitSignal(program.data_source.found, timeout=20_000):
        next(button for button in buttons if button.text() == "Choose a file…").click()
    assert "Choose a text file" not in said(program)


def test_what_an_interrupted_download_has_left_counts(program: Program, small: list[bytes]) -> None:  # noqa: F811
    choose(program, FashionMNIST())
    before = program.data_source.state.lacking
    folder = dataset_cache.cache_folder(FashionMNIST)
    folder.mkdir(parents=True)
    dataset_cache.part_of(FashionMNIST.remotes[0], folder).write_bytes(bytes(20))
    assert program.data_source.state.lacking == before - 20


def a_table(path: Path) -> Path:
    path.write_text("a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(20)))
    return path


def a_folder(path: Path, pictures: int) -> Path:
    for name in ("black", "white"):
        (path / name).mkdir(parents=True)
        for number in range(pictures):
            image = QImage(8, 8, QImage.Format.Format_RGB32)
            image.fill(number)
            assert image.save(str(path / name / f"{number}.png"))
    return path


def test_a_table_that_is_opened_while_torch_is_loaded_waits_for_it(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    with qtbot.waitSignal(program.data_source.found) as told:
        program.window.dropped.emit(DroppedFiles((a_table(tmp_path / "a.csv"),)))
    assert str(told.args[0]) == "“a.csv” will be inspected once PyTorch is loaded."
    assert program.run.state is RunState.LOADING
    program.run.load_torch()
    qtbot.waitUntil(lambda: isinstance(program.document.experiment.data, Table), timeout=60_000)


def test_what_is_opened_becomes_the_data_and_that_is_told_and_can_be_undone(
    qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    before = ready.document.experiment
    poem = tmp_path / "poem.txt"
    poem.write_text("the cat sat on the mat " * 100, encoding="utf-8")
    folder = a_folder(tmp_path / "shades", pictures=6)
    answers.unsaved_answer = Answer.CANCEL  # nothing is lost, and nothing is asked
    for path, kind, words in (
        (a_table(tmp_path / "own.csv"), Table, "own.csv: 20 rows."),
        (poem, OwnText, "poem.txt: 34 windows."),
        (folder, OwnPictures, "shades: 12 images."),
        (a_table(tmp_path / "other.csv"), Table, "other.csv: 20 rows."),  # also where a text was before
    ):
        answers.path = path
        with qtbot.waitSignal(ready.data_source.found, timeout=20_000) as told:
            ready.file_menu.open.trigger()
        replaced = "A first network for it is in the place of the stack, which did not suit it."
        if path.name == "own.csv":  # nothing of the user's own was there
            replaced = "A first network for it can be trained."
        assert str(told.args[0]) == f"{words} {replaced}"
        assert isinstance(ready.document.experiment.data, kind)
        assert not ready.document.problems
        assert ready.document.experiment.name == path.name
    assert answers.asked == []
    for _ in range(4):
        ready.document.undo_stack.undo()
    assert ready.document.experiment == before


@pytest.mark.parametrize("pictures", [0, 1])
def test_a_folder_without_pictures_is_named(qtbot: QtBot, ready: Program, tmp_path: Path, pictures: int) -> None:
    before = ready.document.experiment
    ready.files.open(a_folder(tmp_path / "nothing to see", pictures))
    qtbot.waitUntil(lambda: "nothing to see" in said(ready), timeout=20_000)
    assert "has 0 pictures in 0 classes" in said(ready)
    assert ready.document.experiment == before


def test_of_two_files_that_are_opened_in_turn_the_last_becomes_the_data(
    qtbot: QtBot, ready: Program, tmp_path: Path
) -> None:
    for name in ("first.csv", "second.csv"):
        ready.data_source.inspect(a_table(tmp_path / name))
    qtbot.waitUntil(lambda: looked(ready), timeout=20_000)
    data = ready.document.experiment.data
    assert isinstance(data, Table)
    assert data.source.name == "second.csv"


def looked(program: Program) -> bool:
    data = program.document.experiment.data
    return program.data_source.state.looking is None and isinstance(data, Table)


def test_what_is_being_looked_at_does_not_become_the_data_of_what_is_opened_meanwhile(
    qtbot: QtBot, ready: Program, tmp_path: Path
) -> None:
    ready.data_source.inspect(a_folder(tmp_path / "shades", pictures=20))
    ready.files.new(preset("textbook"))
    qtbot.waitUntil(lambda: ready.data_source.state.looking is None, timeout=20_000)
    assert ready.document.experiment == preset("textbook").experiment


def test_a_stack_that_suits_what_is_opened_stays(qtbot: QtBot, ready: Program, tmp_path: Path) -> None:
    ready.document.load(first_experiment(Table()).with_(name="Mine"), None)
    lines = [f"{i},{2 * i},{i % 7},{i * i},{'abc'[i % 3]}" for i in range(30)]
    path = tmp_path / "similar.csv"
    path.write_text("\n".join(["a,b,c,d,letter", *lines]))
    before = ready.document.experiment
    with qtbot.waitSignal(ready.data_source.found, timeout=20_000) as told:
        ready.files.open(path)
    assert str(told.args[0]) == "similar.csv: 30 rows."
    after = ready.document.experiment
    assert (after.name, after.stack, after.recipe) == ("Mine", before.stack, before.recipe)
    assert after.data != before.data
