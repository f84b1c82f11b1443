"""What an import costs: the lower floors stay light, and the window shows before torch is there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "PySide6", "pyqtgraph", "numpy", "PIL", "pydantic")


def heavy_after(statement: str) -> set[str]:
    """Which heavy packages a new process has imported after a statement."""
    code = f"import json, sys; {statement}; print(json.dumps(sorted(set(sys.modules) & set({HEAVY}))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (
            "import playground.spec.experiment, playground.spec.check.problems, playground.spec.files.experiment_file",
            {"pydantic"},
        ),
        ("from playground.spec.files.presets import presets; presets()", {"pydantic"}),
        ("import playground.__main__, playground.cli.main, playground.gui.start.display_check", set()),
        ("from playground.cli.main import main; main(['presets'])", {"pydantic"}),
        ("from playground.cli.main import main; main(['check', 'textbook'])", {"pydantic"}),
        ("from playground.cli.main import main; main(['code', 'textbook'])", {"pydantic"}),
        ("import playground.engine.runs.store", {"pydantic"}),
        ("import playground.gui.start.app", {"PySide6"}),
        ("import playground.gui.stack.view, playground.gui.start.program", {"PySide6", "pydantic"}),
    ],
)
def test_only_what_is_needed_is_imported(statement: str, allowed: set[str]) -> None:
    assert heavy_after(statement) <= allowed
