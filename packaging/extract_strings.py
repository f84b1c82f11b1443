"""Extracts every string that a person may read, for Qt Linguist; what FILE.ts holds of translations stays in it.

    python packaging/extract_strings.py resources/translations/playground_zh.ts
    pyside6-lrelease resources/translations/playground_zh.ts

Needs PySide6. A string stands in `self.tr`, and then under the name of its class, or in `tr_noop`, `message` or
`plural`, or in a preset's file, and then under no name. `playground_zh.qm`, made by the second command, is loaded at
the start where the user's language is that one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_TOP = Path(__file__).parent.parent
_ALIASES = "QT_TR_NOOP+=tr_noop,tr+=message,tr+=plural"


def extract(file: Path) -> None:
    """Write all strings into a file of translations.

    Raises:
        CalledProcessError: lupdate failed.
    """
    lupdate = shutil.which("pyside6-lupdate", path=Path(sys.executable).parent) or "pyside6-lupdate"
    with tempfile.TemporaryDirectory() as folder:
        presets = Path(folder) / "presets.py"  # lupdate reads no JSON
        presets.write_text("".join(f"tr_noop({text!r})\n" for text in _texts_of_presets()), encoding="utf-8")
        sources = [*sorted((_TOP / "playground").rglob("*.py")), presets]
        command = [lupdate, *sources, "-tr-function-alias", _ALIASES, "-locations", "none", "-ts", file]
        subprocess.run(command, check=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def _texts_of_presets() -> Iterator[str]:
    for path in sorted((_TOP / "resources/presets").glob("*.json")):
        preset = json.loads(path.read_bytes())
        yield from (preset[name] for name in ("title", "about", "expected"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Extracts every string that a person may read.")
    parser.add_argument("file", type=Path, metavar="FILE.ts")
    extract(parser.parse_args().file)
