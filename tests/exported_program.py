"""Runs an exported program in this process: to import torch once more takes longer than most programs."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest


def run(program: str, folder: Path, *options: object) -> None:
    """Run it as `__main__` in the folder, on the CPU and with these options; where it refuses, it raises SystemExit."""
    path = folder / "exported.py"
    path.write_text(program, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", [str(path), "--device", "cpu", *map(str, options)])
        runpy.run_path(str(path), run_name="__main__")
