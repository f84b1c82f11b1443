"""What the README says is so: its pictures exist, its layer works as pasted, its commands are commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from playground.cli.main import main

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text("utf-8")

USE_IT = """
import json
from playground.engine.build import build
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer
from playground.spec.check.problems import check
from playground.spec.export.script import script

experiment = Experiment.model_validate({"stack": {"layers": [
    {"type": "flatten"}, {"type": "hardtanh", "limit": 2.0}, {"type": "linear", "out_features": 10}]}})
assert not check(experiment), check(experiment)
assert Experiment.model_validate(json.loads(experiment.model_dump_json())) == experiment
assert build(experiment)[1].max_val == 2.0
assert "nn.Hardtanh(min_val=-2.0, max_val=2.0)" in script(experiment)
assert "hardtanh" in [member.id for member in Layer.members()]
"""


def test_it_is_short_and_its_pictures_exist() -> None:
    assert len(README.splitlines()) < 150
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (TOP / picture).is_file(), picture


def test_its_layer_works_as_it_is_pasted(tmp_path: Path) -> None:
    (name,) = re.findall(r"Put this into `(\S+)`", README)
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    ignored = shutil.ignore_patterns("__pycache__", "mnist")
    for folder in ("playground", "resources"):
        shutil.copytree(TOP / folder, tmp_path / folder, ignore=ignored)
    (tmp_path / name).write_text(code, "utf-8")
    done = subprocess.run([sys.executable, "-c", USE_IT], cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


def test_its_commands_are_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = set(re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, flags=re.MULTILINE)) - {"open"}
    assert listed == set(re.findall(r"^playground ([a-z]+) ", README, flags=re.MULTILINE))
