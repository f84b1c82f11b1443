"""Opening torch's libraries beforehand changes nothing but the time, and does no harm where they are not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from playground.engine.runtime.library_preload import open_libraries

MAPPED = """
import json, sys
if {before}:
    from playground.engine.runtime.library_preload import open_libraries
    assert open_libraries()
    assert "torch" not in sys.modules
import torch
assert torch.ones(2, 3).sum().item() == 6
print(json.dumps(sorted({{line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}})))
"""


def mapped(*, before: bool) -> list[str]:
    """The libraries of a process that has imported torch, its own opened before or not."""
    code = MAPPED.format(before=before)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    found: list[str] = json.loads(done.stdout)
    return [path for path in found if "torch" in path or "nvidia" in path]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_the_same_libraries_are_there_as_without_it_and_none_twice() -> None:
    opened, plain = mapped(before=True), mapped(before=False)
    assert opened == plain
    names = [Path(path).name for path in opened]
    assert len(names) == len(set(names))


def test_a_package_that_is_not_installed_is_nothing_to_open() -> None:
    assert not open_libraries("torch_that_nobody_has")


def test_a_package_without_such_libraries_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "otherwise_built").mkdir()
    (tmp_path / "otherwise_built" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not open_libraries("otherwise_built")
    assert "otherwise_built" not in sys.modules


def test_a_file_that_is_no_library_is_left_to_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "damaged" / "lib" / "libtorch_global_deps.so"
    library.parent.mkdir(parents=True)
    (tmp_path / "damaged" / "__init__.py").touch()
    library.write_bytes(b"no library")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not open_libraries("damaged")
