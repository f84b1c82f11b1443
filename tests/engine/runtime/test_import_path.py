"""Processes that are started find the same modules, but none of the folder that the program was started in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import playground
from playground.engine.runtime.import_path import import_path

PACKAGE = str(Path(playground.__path__[0]).parent)


def test_the_working_folder_is_left_out_unless_it_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    here, other = str(tmp_path), str(tmp_path / "other")
    monkeypatch.setattr(sys, "path", [here, "", other, PACKAGE])
    monkeypatch.setenv("PYTHONPATH", PACKAGE)
    monkeypatch.chdir(tmp_path)
    assert import_path().split(os.pathsep) == [other, PACKAGE]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((here, PACKAGE)))
    assert import_path().split(os.pathsep) == [here, other, PACKAGE]
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.chdir(PACKAGE)
    assert import_path().split(os.pathsep) == [here, other, PACKAGE]
