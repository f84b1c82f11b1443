"""Folders of processes that were killed are removed, and no others; one that cannot be made is said."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.gui.session.search_process import SearchPhase
from playground.gui.start.process_folder import process_folder
from playground.gui.start.program import Program
from playground.spec.files.storage import FileError
from tests.gui.search.conftest import FEW

LOAD = 60_000


def test_what_a_killed_process_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    names = (f"serve-{process.pid}-abc_1", f"serve-{os.getpid()}-abc_2", f"search-{process.pid}-abc_3", "serve-new")
    left, own, other, unlike = (tmp_path / f"playground-{name}" for name in names)
    for folder in (left, own, other, unlike):
        folder.mkdir()
        (folder / "network.safetensors").write_bytes(b"weights")
    outside = tmp_path / "kept"
    outside.mkdir()
    link = tmp_path / f"playground-serve-{process.pid}-link"
    link.symlink_to(outside)
    with process_folder("serve") as made:
        assert Path(made).name.startswith(f"playground-serve-{os.getpid()}-")
        assert not left.exists()
        assert all(folder.exists() for folder in (own, other, unlike, outside, link))
    assert not Path(made).exists()


@pytest.fixture
def no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be made in the temporary folder, as on a full disk, also not by the administrator."""
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr(tempfile, "tempdir", str(file))


@pytest.mark.usefixtures("no_room")
def test_a_folder_that_cannot_be_made_is_said() -> None:
    with pytest.raises(FileError, match="No temporary folder can be made: "):
        process_folder("serve")


@pytest.mark.usefixtures("no_room")
def test_a_search_says_in_its_window_that_it_has_no_folder(ready: Program) -> None:
    pytest.importorskip("optuna", reason="the extra `search` is not installed")
    ready.document.load(FEW, None)
    ready.run_menu.search.trigger()
    assert ready.results.searches is not None
    window = ready.results.searches.window
    assert window is not None
    window.start_button.click()
    assert window.process.phase is SearchPhase.FAILED
    assert window.words.text().startswith("No temporary folder can be made: ")
    assert window.start_button.isEnabled()


@pytest.mark.usefixtures("no_room")
def test_serving_says_that_it_has_no_folder(ready: Program, qtbot: QtBot) -> None:
    ready.document.load(FEW, None)
    ready.run.train()
    qtbot.waitUntil(ready.file_menu.serve.isEnabled, timeout=LOAD)
    ready.file_menu.serve.trigger()
    assert ready.serving.dialog is not None
    ready.serving.dialog.serve.click()
    said = [label.text() for label in ready.serving.dialog.findChildren(QLabel)]
    assert any("No temporary folder can be made: " in text for text in said)
