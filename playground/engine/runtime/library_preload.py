"""Opens torch's libraries before torch is imported, because Python opens them while it holds the global lock.

Python holds the lock while it loads an extension module, and `ctypes` while it opens a library, which blocks all other
threads; torch's libraries take a quarter of a second. The system's `dlopen`, called as a foreign function, runs without
the lock, and the import then finds the libraries open. It is an optimisation only: the import opens any library that is
not open yet.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import os
from collections.abc import Iterator
from pathlib import Path

_log = logging.getLogger(__name__)

_FIRST = "libtorch_global_deps.so"  # torch opens it first, with global symbols
_BY_PATH = (
    "libcublasLt.so.*",
    "libnvJitLink.so.*",
)  # torch opens these by path, so that those of another CUDA are not found first
_LAST = "libtorch_python.so"  # depends on all the others


def open_libraries(package: str = "torch") -> bool:
    """Open the libraries of a package that is built like torch; returns whether that succeeded."""
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
    """The files in the order in which torch opens them, each with its `dlopen` flags."""
    yield folder / "lib" / _FIRST, os.RTLD_GLOBAL
    for pattern in _BY_PATH:
        for path in sorted(folder.parent.glob(f"nvidia/*/lib/{pattern}")):
            yield path, os.RTLD_LOCAL
    yield folder / "lib" / _LAST, os.RTLD_LOCAL
