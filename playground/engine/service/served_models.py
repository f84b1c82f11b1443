"""The networks of a service by name, each with the thread that answers for it; a file that changes is read again."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from playground.engine.inference.predictions.prediction import Prediction
from playground.engine.inference.predictor import Predictor
from playground.engine.runtime.device import prepare_thread
from playground.engine.service.batching import Batcher
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, tr_noop

_log = logging.getLogger(__name__)

_LONG_TEXT = 1000  # characters
_UNSUITED = re.compile(r"[^A-Za-z0-9._-]+")  # in a name, which is a part of addresses


@dataclass(eq=False, slots=True)
class Served:
    """A network of the service. Requests hold the object that they began with, so that none is lost in an exchange."""

    name: str
    path: Path
    predictor: Predictor
    stamp: tuple[int, int]  # of the file: nanoseconds of its last change, and its size
    executor: ThreadPoolExecutor
    batcher: Batcher[Any, Prediction]


class ServedModels:
    """The networks, by name."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        """Read all networks.

        Raises:
            FileError: one cannot be read, or is no network of Playground.
        """
        self._served = {name: _read(name, path) for name, path in files.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order in which they were given."""
        return tuple(self._served)

    def find(self, name: str) -> Served | None:
        """The network of that name."""
        return self._served.get(name)

    def changed(self) -> list[Served]:
        """Those whose files are no longer what was read."""
        return [item for item in self._served.values() if _stamp(item.path) not in (item.stamp, None)]

    def read_again(self, name: str) -> Served | None:
        """Exchange a network for what its file holds now, and return the one before.

        A file that cannot be read, as one that is being written, leaves everything as it is and returns None.
        """
        before = self._served[name]
        try:
            self._served[name] = _read(name, before.path)
        except PlaygroundError as error:
            _log.warning("%s stays as it is: %s", name, error)
            before.stamp = _stamp(before.path) or before.stamp  # once for each change of the file
            return None
        return before

    async def close(self) -> None:
        """Answer what waits, and end the threads."""
        for item in self._served.values():
            await close_served(item)


async def close_served(item: Served) -> None:
    """Answer what waits for a network, and end its thread."""
    await item.batcher.close()
    item.executor.shutdown(wait=False)


def served_names(given: Sequence[str], find: Callable[[str], Path]) -> dict[str, Path]:
    """The names and files of arguments such as `digits=reader.safetensors`; without a name, the file's stem is taken.

    find: the file that a name stands for.

    Raises:
        PlaygroundError: two have the same name.
    """
    found: dict[str, Path] = {}
    for text in given:
        name, equals, path = text.partition("=")
        if not equals or _UNSUITED.search(name) or Path(text).exists():
            name, path = _UNSUITED.sub("-", Path(text).stem), text
        if name in found:
            words = tr_noop("Two networks are called “{name}”: give one of them another name, as in other={file}.")
            raise PlaygroundError(message(words, name=name, file=shown(path)))
        found[name] = find(path)
    return found


def _read(name: str, path: Path) -> Served:
    stamp = _stamp(path) or (0, 0)  # before the file is read, so that no later change is missed
    predictor = Predictor.from_file(path)
    executor = ThreadPoolExecutor(1, f"answers of {name}", initializer=prepare_thread, initargs=(1,))
    predictor.trained.network.eval()  # for good: no change of mode while another thread computes
    batcher = Batcher(predictor.predict, executor, light=partial(_light, predictor.input_shape[-2:]))
    return Served(name, path, predictor, stamp, executor, batcher)


def _light(size: tuple[int, ...], sample: object) -> bool:
    """Whether a sample takes about as long as others: pictures that are to be decoded or scaled do not."""
    if isinstance(sample, np.ndarray):
        return bool(sample.shape == size)
    return not isinstance(sample, bytes) and not (isinstance(sample, str) and len(sample) > _LONG_TEXT)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
