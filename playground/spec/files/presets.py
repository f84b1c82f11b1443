"""Presets: the bundled experiments, each with a description and an expected result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playground.spec.experiment import Experiment
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.resources import resource
from playground.spec.files.storage import shown
from playground.spec.messages import Message, PlaygroundError, message, tr_noop


@dataclass(frozen=True, slots=True)
class PresetName(Message):
    """The name of a preset in a sentence: its title where that is translated, in the window; elsewhere its id."""

    id: str = ""

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Preset:
    """One entry of the gallery."""

    id: str  # its file name without suffix, and its name on the command line
    title: str
    about: str  # a description, and something to try
    expected: str  # the result, as a short phrase: "about 98 % on the test set"
    promise: (
        float | None
    )  # the same as a number: the test score, for a language model the loss in nats; None without one
    trained: Path | None  # the file of the trained network, if that is bundled
    experiment: Experiment

    @property
    def name(self) -> PresetName:
        """What people know it by."""
        return PresetName("{title}", (("title", message(self.title)),), id=self.id)


FIRST = "first-network"  # opened by the first start of the program


def empty() -> Preset:
    """The preset for building a network from scratch: no layers, and the default data."""
    about = tr_noop(
        "No layers yet, on the digits of MNIST. The stack shows what the network still needs, and offers fixes.\n\n"
        "Try: drop Flatten and Linear from the palette onto the stack, and press Train once no problem is left. Put "
        "another Linear with ReLU between them, and see how the accuracy rises. Choose other data at the top."
    )
    title = tr_noop("Empty")
    experiment = Experiment(name=tr_noop("Untitled"), about=about)
    return Preset("empty", title, about, tr_noop("what you make of it"), None, None, experiment)


@cache
def presets() -> tuple[Preset, ...]:
    """All presets, in the order of the gallery.

    Raises:
        FileError: the bundled files are missing.
    """
    found = [_read(path) for path in resource("presets").glob("*.json")]
    return tuple(entry for _, entry in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


def preset(name: str) -> Preset:
    """The preset of that id; no other preset file is read.

    Raises:
        PlaygroundError: there is none; the message lists all presets.
    """
    known = {path.stem: path for path in resource("presets").glob("*.json")}
    if name not in known:
        raise PlaygroundError(
            message(
                "There is no preset “{name}”. The presets are: {known}.",
                name=shown(name),
                known=", ".join(sorted(known)),
            )
        )
    return _read(known[name])[1]


def promise(experiment: Experiment) -> float | None:
    """The `promise` of the preset with this data and these layers; None where there is none.

    Of several presets, the one with this recipe counts, or else the first that has a promise.
    """
    matching = [
        one for one in presets() if (one.experiment.data, one.experiment.stack) == (experiment.data, experiment.stack)
    ]
    matching.sort(key=lambda one: (one.experiment.recipe != experiment.recipe, one.promise is None))
    return matching[0].promise if matching else None


def _read(path: Path) -> tuple[int, Preset]:
    """The position in the gallery and the contents of one preset; its experiment has its title and description."""
    record = json.loads(path.read_bytes())
    title, about = record["title"], record["about"]
    experiment = Experiment.model_validate({"name": title, "about": about, **record["experiment"]})
    weights = path.with_suffix(NETWORK_SUFFIX)
    trained = weights if weights.exists() else None
    return record["order"], Preset(
        path.stem, title, about, record["expected"], record.get("promise"), trained, experiment
    )
