"""Presets: the experiments that come with the program, each with what to look at and what to expect."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playground.spec.experiment import Experiment
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.resources import resource
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, tr_noop


@dataclass(frozen=True, slots=True)
class Preset:
    """One entry of the gallery."""

    id: str  # the name of its file, and what the command line calls it
    title: str
    about: str  # what to look at, and what to try
    expected: str  # what comes out, as a short phrase: "about 98 % on the test set"
    promise: float | None  # the same as a number: the test's score, of a language model the nats; None without one
    trained: Path | None  # the network that it made, if that is bundled
    experiment: Experiment


FIRST = "first-network"  # what a first start opens


def empty() -> Preset:
    """The card for building a network from the ground up: no layers, and the data that an experiment has at first."""
    about = tr_noop(
        "No layers yet, on the digits of MNIST. The stack says what the network still lacks, and offers to mend it.\n\n"
        "Try: drop Flatten and Linear from the palette onto the stack, and press Train once nothing is wrong. Put "
        "another Linear with ReLU between them, and see how much more is right. Choose other data at the top."
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
    """The preset of that id; no other is read.

    Raises:
        PlaygroundError: there is none; the message lists those that there are.
    """
    known = {path.stem: path for path in resource("presets").glob("*.json")}
    if name not in known:
        raise PlaygroundError(
            message(
                "There is no preset “{name}”. There are: {known}.", name=shown(name), known=", ".join(sorted(known))
            )
        )
    return _read(known[name])[1]


def promise(experiment: Experiment) -> float | None:
    """What the card of the preset with this data and these layers promises, see `Preset`; None where there is none.

    Of several, the one with this recipe counts, or else the first that promises anything.
    """
    kin = [
        one for one in presets() if (one.experiment.data, one.experiment.stack) == (experiment.data, experiment.stack)
    ]
    kin.sort(key=lambda one: (one.experiment.recipe != experiment.recipe, one.promise is None))
    return kin[0].promise if kin else None


def _read(path: Path) -> tuple[int, Preset]:
    """Order and contents of one bundled preset; the experiment takes its name and description from the preset."""
    record = json.loads(path.read_bytes())
    title, about = record["title"], record["about"]
    experiment = Experiment.model_validate({"name": title, "about": about, **record["experiment"]})
    weights = path.with_suffix(NETWORK_SUFFIX)
    trained = weights if weights.exists() else None
    return record["order"], Preset(
        path.stem, title, about, record["expected"], record.get("promise"), trained, experiment
    )
