"""What can be chosen is known without torch, Qt or numpy, so that a window can show before they are loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"torch", "torchvision", "numpy", "PySide6", "pyqtgraph", "PIL", "safetensors"}


@pytest.mark.parametrize(
    "statement",
    [
        "from playground.spec.experiment import Experiment",
        "from playground.spec import files, presets, problems, script; script.script(presets.presets()[0].experiment)",
        "from playground.spec import presets, script; [script.script(p.experiment) for p in presets.presets()]",
    ],
)
def test_spec_is_light(statement: str) -> None:
    program = f"{statement}\nimport sys\nprint(*sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
