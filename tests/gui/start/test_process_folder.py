"""Folders of processes that were killed are removed, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from playground.gui.start.process_folder import process_folder


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
