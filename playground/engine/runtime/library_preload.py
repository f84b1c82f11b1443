"""Opens torch's libraries before torch is imported, because while Python opens one all its threads stand still.

Python holds its lock while it loads an extension module, and `ctypes` while it opens a library; torch's take a quarter
of a second. The system's own `dlopen`, called as a foreign function, runs without the lock, and what is open already
Python then finds in an instant. Nothing depends on it: where these libraries are not, the import opens its own.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import os
from collections.abc import Iterator
from pathlib import Path

_log = logging.getLogger(__name__)

_FIRST = "libtorch_global_deps.so"  # torch opens it first, for all to see
_BY_PATH = ("libcublasLt.so.*", "libnvJitLink.so.*")  # torch names these files, lest another CUDA's be found first
_LAST = "libtorch_python.so"  # stands on all the others


def open_libraries(package: str = "torch") -> bool:
    """Open the libraries of a package that is built as torch is, and say whether that succeeded."""
    found = importlib.util.find_spec(package)
    dlopen = getattr(ctypes.CDLL(None), "dlopen", None) if hasattr(os, "RTLD_NOW") else None  # Windows has neither
    if dlopen is None or found is None or found.origin is None:
        _log.info("no libraries are opened before %s is imported", package)
        return False
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for path, flags in _libraries(Path(found.origin).parent):
        if not path.exists() or not dlopen(os.fsencode(path), os.RTLD_NOW | flags):
            _log.info("%s cannot be opened before %s is imported", path, package)
            return False
    return True


def _libraries(folder: Path) -> Iterator[tuple[Path, int]]:
    """The files in the order in which torch opens them, and how."""
    yield folder / "lib" / _FIRST, os.RTLD_GLOBAL
    for pattern in _BY_PATH:
        for path in sorted(folder.parent.glob(f"nvidia/*/lib/{pattern}")):
            yield path, os.RTLD_LOCAL
    yield folder / "lib" / _LAST, os.RTLD_LOCAL
