"""The store of runs as commands see it: opened for a moment, and runs named by a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playground.cli.wrong_use import WrongUse
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder, read_settings
from playground.spec.files.storage import shown
from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.standard_streams import FAILED, complain

if TYPE_CHECKING:
    from playground.engine.runs.stored_run import StoredRun

WITHIN = 30.0  # seconds that a command waits for the disk at its end
LAST = "last"  # names the latest run


@contextmanager
def opened(told: Callable[[Message | None], None] | None = None) -> Iterator[RunStore]:
    """The default store, closed at the end; `told` as in `RunStore`, and told as well if the disk is too slow."""
    store = RunStore(default_folder(), read_settings().budget, told)
    try:
        yield store
    finally:
        if not store.close(WITHIN) and told is not None:
            told(store.problem or message("The disk is too slow: the end of the run was not stored."))


class FirstProblem:
    """Prints the first reason why a run is not stored on the standard error, and none after it."""

    def __init__(self) -> None:
        self._printed = False

    def __call__(self, problem: Message | None) -> None:
        """Take what a store tells."""
        if problem is not None and not self._printed:
            self._printed = True
            complain(problem, FAILED)


def run_named(word: str, run_ids: Sequence[str]) -> str:
    """The id that a word names: an id, the beginning of one alone, or “last”, which is the last of `run_ids`.

    Raises:
        WrongUse: there is none, or there are several.
    """
    if word == LAST and run_ids:
        return run_ids[-1]
    found = [run_id for run_id in run_ids if run_id.startswith(word)] if word else []
    if word in found:
        return word
    if len(found) > 1:
        words = tr_noop("“{word}” is the beginning of {count:,} runs, such as {first} and {second}.")
        raise WrongUse(message(words, word=shown(word), count=len(found), first=found[0], second=found[1]))
    if not found:
        words = tr_noop("There is no run “{word}”. “playground runs” lists those there are.")
        raise WrongUse(message(words, word=shown(word)))
    return found[0]


def stored_run(word: str, store: RunStore) -> StoredRun:
    """The stored run that a word names, see `run_named`.

    Raises:
        WrongUse: there is none, or there are several.
        PlaygroundError: it is damaged.
    """
    run_id = run_named(word, [row.run_id for row in store.runs()])
    try:
        return store.open(run_id)
    except PlaygroundError as error:
        raise PlaygroundError(message("Run {run}: {why}", run=run_id, why=error.message)) from error
