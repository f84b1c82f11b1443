"""The trained network that a word on the command line names: a file, a trained preset, or a stored run.

The functions import torch themselves, which takes seconds; options are declared without it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import named, trained_file
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.standard_streams import DONE, complain

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore
    from playground.engine.runs.stored_run import StoredRun
    from playground.engine.weights import Trained

NETWORK = "file that “train --out” wrote, a trained preset, such as reader, or a stored run: its id, or “last”"
EXPERIMENT = "preset or file of the experiment, if the weights file does not contain it"


def trained_network(word: str, experiment: str | None = None, store: RunStore | None = None) -> Trained:
    """Load the named network, with the named experiment where its file contains none.

    store: of the runs, where one is open; else the default one is read.

    Raises:
        WrongUse: there is no such network, or it is a stored run, and an experiment is named as well.
        PlaygroundError: it cannot be read.
    """
    from playground.engine.weights import load

    if is_file(word):
        return load(trained_file(word), None if experiment is None else named(experiment))
    from playground.cli.run_store import LAST, stored_run
    from playground.cli.wrong_use import WrongUse

    with _runs(store) as runs:
        if word != LAST and not any(row.run_id.startswith(word) for row in runs.runs()):
            trained_file(word)  # raises the error that says what there is
        run = stored_run(word, runs)
        if experiment is not None:
            raise WrongUse(message("A stored run has an experiment of its own: leave out --experiment."))
        return replace(last_network(run), run=run.run_id)


def last_network(run: StoredRun) -> Trained:
    """The network of the last checkpoint of a run that is whole; if a later one is lost, the standard error says so.

    Raises:
        PlaygroundError: there is none.
    """
    from playground.engine.runs.reopening import reopened

    try:
        trained, step, _, lost = reopened(run)
    except PlaygroundError as error:
        raise PlaygroundError(message("Run {run}: {why}", run=run.run_id, why=error.message)) from error
    if lost is not None:
        words = tr_noop("Run {run}: {why} The network of step {step:,} is used instead.")
        complain(message(words, run=run.run_id, why=lost.why, step=step), DONE)
    return trained


def is_file(word: str) -> bool:
    """Whether a word names a file, which need not exist, or a preset; else it can only name a stored run."""
    from playground.spec.files.presets import presets

    return os.path.exists(word) or word.endswith(NETWORK_SUFFIX) or any(entry.id == word for entry in presets())


def files_of(*words: str | Path | None) -> list[Path]:
    """The files among what some words name, networks or experiments; a stored run is in none that a command writes."""
    from playground.spec.files.presets import presets

    trained = {entry.id: entry.trained for entry in presets() if entry.trained}
    return [Path(trained.get(str(word), word)) for word in words if word is not None and is_file(str(word))]


def source_name(word: str, trained: Trained) -> str:
    """What a network is called in the provenance of others: its file without the folder, its preset, or its run."""
    return Path(word).name if is_file(word) else trained.run or word


@contextmanager
def _runs(store: RunStore | None) -> Iterator[RunStore]:
    from playground.cli.run_store import opened

    if store is not None:
        yield store
        return
    with opened() as found:
        yield found
