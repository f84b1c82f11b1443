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
        "import playground.spec.files.experiment_file, playground.spec.check.problems",
        "from playground.spec.files.presets import presets; from playground.spec.export.script import script; "
        "[script(preset.experiment) for preset in presets()]",
    ],
)
def test_spec_is_light(statement: str) -> None:
    program = f"{statement}\nimport sys\nprint(*sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
