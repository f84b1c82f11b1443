"""Unsaved changes outlive a window that is killed, and only those."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.session import recovery as module
from playground.gui.session.document import Document
from playground.gui.session.recovery import DocumentRecovery, Offer
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.recovery_file import DOCUMENT, Recovery, RecoveryFolder
from playground.spec.messages import message


def rename(document: Document, name: str) -> None:
    document.do(Set(("name",), name, message("Rename")))


def stored(windows: Path) -> list[Recovery]:
    return [RecoveryFolder(path.parent).read() for path in windows.glob(f"*/{DOCUMENT}")]


@pytest.fixture
def windows(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document(Experiment(name="Before"))


@pytest.fixture
def recovery(document: Document, windows: Path, monkeypatch: pytest.MonkeyPatch) -> DocumentRecovery:
    monkeypatch.setattr(module, "DELAY", 10)
    monkeypatch.setattr(module, "RETRY", 10)
    return DocumentRecovery(document, windows, document)


@pytest.fixture(autouse=True)
def _close(recovery: DocumentRecovery):
    yield
    recovery.end()
    recovery._thread.wait()


def test_changes_are_written_and_deleted_once_they_are_saved(
    qtbot: QtBot, document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    path = Path("mine.playground")
    document.load(Experiment(name="Opened"), path)
    rename(document, "Edited")
    qtbot.waitUntil(lambda: [item.experiment.name for item in stored(windows)] == ["Edited"])
    (kept,) = stored(windows)
    assert (kept.path, kept.saved, kept.modified) == (path, Experiment(name="Opened"), True)
    document.saved_as(path, document.experiment)
    qtbot.waitUntil(lambda: not list(windows.iterdir()))


def test_an_unmodified_document_leaves_no_file(
    qtbot: QtBot, document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    document.load(Experiment(name="Other"), None)
    qtbot.waitUntil(lambda: not recovery._timer.isActive())
    assert not recovery._thread.isRunning()
    assert not windows.exists()


def test_a_run_that_goes_on_is_kept_without_changes(
    qtbot: QtBot, document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    recovery.run_id = "a run"
    qtbot.waitUntil(lambda: [item.run_id for item in stored(windows)] == ["a run"])
    assert not stored(windows)[0].modified
    recovery.run_id = None
    qtbot.waitUntil(lambda: not list(windows.iterdir()))


def test_the_last_edit_is_kept_when_the_window_must_close(
    document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    rename(document, "Last")
    recovery.keep()
    assert [item.experiment.name for item in stored(windows)] == ["Last"]
    rename(document, "Too late")
    recovery.keep()
    assert [item.experiment.name for item in stored(windows)] == ["Last"]


def test_what_a_slow_thread_writes_does_not_replace_what_was_kept(
    qtbot: QtBot, document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    gate = Event()
    recovery._thread.do(gate.wait)
    rename(document, "Earlier")
    qtbot.waitUntil(lambda: recovery._writing)
    rename(document, "Last")
    recovery.keep()
    with qtbot.waitSignal(recovery._thread.do(int).done):
        gate.set()
    assert [item.experiment.name for item in stored(windows)] == ["Last"]


def test_a_window_that_was_closed_leaves_no_file(
    qtbot: QtBot, document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    rename(document, "Discarded")
    qtbot.waitUntil(lambda: bool(stored(windows)))
    recovery.forget()
    assert not list(windows.iterdir())
    recovery.end()
    assert not list(windows.iterdir())


def test_a_failure_is_said_once_and_the_write_tried_again(
    qtbot: QtBot, document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    windows.write_bytes(b"")  # where a folder is needed
    told: list[object] = []
    recovery.failed.connect(told.append)
    with qtbot.waitSignal(recovery.failed):
        rename(document, "Edited")
    tries: list[object] = []
    recovery._timer.timeout.connect(lambda: tries.append(None))
    qtbot.waitUntil(lambda: len(tries) >= 3)
    windows.unlink()
    qtbot.waitUntil(lambda: [item.experiment.name for item in stored(windows)] == ["Edited"])
    assert len(told) == 1


def test_an_adopted_document_is_never_in_no_file(
    qtbot: QtBot, document: Document, recovery: DocumentRecovery, windows: Path
) -> None:
    rename(document, "Own")
    qtbot.waitUntil(lambda: bool(stored(windows)))
    folder = RecoveryFolder.new(windows)
    old = Recovery(Experiment(name="Old"), Path("old.playground"), saved=Experiment(name="Saved"))
    folder.write(old)
    recovery.adopt(Offer(folder, old))
    assert document.experiment.name == "Old"
    assert document.modified
    assert (document.path, document.saved) == (old.path, old.saved)
    qtbot.waitUntil(lambda: [item.experiment.name for item in stored(windows)] == ["Old"])
    rename(document, "Newer")
    qtbot.waitUntil(lambda: [item.experiment.name for item in stored(windows)] == ["Newer"])
    assert [path.name for path in windows.iterdir()] == [folder.path.name]
    document.undo_stack.undo()
    assert document.modified
