"""The networks of a service by name, each with the thread that answers for it; a file that changes is read again."""

from __future__ import annotations

import asyncio
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from playground.engine.data.sources.text import alphabet
from playground.engine.inference.predictions.prediction import Prediction
from playground.engine.inference.predictor import Predictor
from playground.engine.runtime.device import prepare_thread
from playground.engine.service.batching import Batcher
from playground.engine.service.variants import Variant, Variants
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText, Text
from playground.spec.messages import PlaygroundError, message, tr_noop

_log = logging.getLogger(__name__)

_LONG_TEXT = 1000  # characters
_LOOK = 0.05  # seconds between two looks whether a network is still in use


@dataclass(eq=False, slots=True)
class Served:
    """A network of the service. Requests hold the object that they began with, so that none is lost in an exchange."""

    name: str
    variant: Variant
    predictor: Predictor
    stamp: tuple[int, int]  # of the file: nanoseconds of its last change, and its size
    executor: ThreadPoolExecutor
    batcher: Batcher[Any, Prediction]
    in_use: int = 0  # requests that chose it and whose answers have not been sent to their end

    def begin_use(self) -> Use:
        """Keep the network's thread until the use ends."""
        self.in_use += 1
        return Use(self)


class Use:
    """A request that holds a network."""

    def __init__(self, served: Served) -> None:
        self._served: Served | None = served

    def end(self) -> None:
        """Hold it no longer; once is enough."""
        if self._served is not None:
            self._served.in_use -= 1
        self._served = None


class ServedModels:
    """The networks, by name; several may share the requests for a name."""

    def __init__(self, files: Variants) -> None:
        """Read all networks.

        Raises:
            FileError: one cannot be read, or is no network of Playground.
            PlaygroundError: networks that share a name answer different questions.
        """
        self._served = {name: [_read(name, variant) for variant in variants] for name, variants in files.items()}
        self._retired: list[Served] = []  # exchanged, and still in use
        for name, items in self._served.items():
            if any(_question(item) != _question(items[0]) for item in items):
                words = tr_noop("The networks that share “{name}” take or answer different things.")
                raise PlaygroundError(message(words, name=name))

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order in which they were given."""
        return tuple(self._served)

    @property
    def all(self) -> list[Served]:
        """All networks."""
        return [item for items in self._served.values() for item in items]

    def variants(self, name: str) -> list[Served]:
        """The networks that share a name."""
        return list(self._served[name])

    def find(self, name: str) -> Served | None:
        """The network of that name; of several, the first."""
        items = self._served.get(name)
        return items[0] if items else None

    def choose(self, name: str) -> Served | None:
        """The network that answers the next request for a name: by chance, as the shares say."""
        items = self._served.get(name)
        if not items or len(items) == 1:
            return items[0] if items else None
        return random.choices(items, [item.variant.share for item in items])[0]

    def changed(self) -> list[Served]:
        """Those whose files are no longer what was read."""
        return [item for item in self.all if _stamp(item.variant.path) not in (item.stamp, None)]

    def read_again(self, before: Served) -> Served | None:
        """Exchange a network for what its file holds now, and return the new one.

        A file that cannot be read, as one that is being written, leaves everything as it is and returns None; so does
        one that answers another question than those which share its name.
        """
        items = self._served[before.name]
        try:
            after = _read(before.name, before.variant)
            if len(items) > 1 and _question(after) != _question(before):
                after.executor.shutdown(wait=False)
                words = tr_noop("The networks that share “{name}” take or answer different things.")
                raise PlaygroundError(message(words, name=before.name))
        except PlaygroundError as error:
            _log.warning("%s stays as it is: %s", before.variant.path.name, error)
            before.stamp = _stamp(before.variant.path) or before.stamp  # once for each change of the file
            return None
        except Exception:  # a file may hold what no check foresees
            _log.exception("%s stays as it is", before.variant.path.name)
            before.stamp = _stamp(before.variant.path) or before.stamp
            return None
        self._served[before.name] = [after if item is before else item for item in items]
        return after

    async def retire(self, before: Served) -> None:
        """Close a network that was exchanged, when the last request that chose it has its whole answer."""
        self._retired.append(before)
        while before.in_use:
            await asyncio.sleep(_LOOK)
        await _close(before)
        self._retired.remove(before)

    async def close(self) -> None:
        """Answer what waits, and end the threads."""
        for item in (*self.all, *self._retired):
            await _close(item)


async def _close(item: Served) -> None:
    """Answer what waits for a network, and end its thread."""
    await item.batcher.close()
    item.executor.shutdown(wait=False)


def _read(name: str, variant: Variant) -> Served:
    stamp = _stamp(variant.path) or (0, 0)  # before the file is read, so that no later change is missed
    predictor = Predictor.from_file(variant.path)
    executor = ThreadPoolExecutor(1, f"answers of {name}", initializer=prepare_thread, initargs=(1,))
    predictor.trained.network.eval()  # for good: no change of mode while another thread computes
    batcher = Batcher(predictor.predict, executor, light=partial(_light, predictor.input_shape[-2:]))
    return Served(name, variant, predictor, stamp, executor, batcher)


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


def _question(item: Served) -> tuple[object, ...]:
    """The inputs and answers of a network."""
    data = item.predictor.trained.experiment.data
    taken = (item.predictor.samples, data.sample_shape, _codes(data))
    return (*taken, item.predictor.class_names, data.target_name, data.task.output)


def _codes(data: Dataset) -> object:
    """The meaning of the numbers of a sample, where they are the values of columns or codes of text."""
    if isinstance(data, Table):
        return tuple((column.name, column.kind, tuple(column.categories)) for column in data.inputs)
    if isinstance(data, LabelledTexts):
        return data.alphabet
    if isinstance(data, OwnText) and (units := data.source.units):
        return units.words, units.single, units.merges
    return alphabet(data) if isinstance(data, Text) else None
