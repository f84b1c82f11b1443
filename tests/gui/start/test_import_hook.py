"""PySide's function for imports gives way to the one that it replaced."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import builtins, sys
from playground.gui.start.import_hook import import_plainly

before = builtins.__import__
import_plainly()
assert builtins.__import__ is before, "there was nothing to take back"
from PySide6.QtCore import QObject
replaced = builtins.__import__
import_plainly()
assert builtins.__import__ is not replaced, "PySide's function is still in place"
noted = set(sys.modules["__feature__"].pyside_feature_dict)
import colorsys
from PySide6.QtGui import *
assert issubclass(QIcon, object) and QObject().objectName() == ""
assert "colorsys" not in sys.modules["__feature__"].pyside_feature_dict, "its source was read"
"""


def test_modules_are_imported_without_their_source_being_read() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
