"""The undo history against a simple model: a list of experiments, a position in it, and what is in the file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from playground.gui.session.document import Document
from playground.spec.check.problem import Fix
from playground.spec.edits import Edit, Set
from playground.spec.experiment import Experiment
from playground.spec.files.recovery_file import Recovery
from playground.spec.messages import message

EXAMPLES = int(os.environ.get("PLAYGROUND_EXAMPLES", "60"))
NAMES = st.sampled_from(("a", "b", "c"))
SEEDS = st.integers(0, 2)
FILES = st.sampled_from((Path("one.playground"), Path("two.playground")))


def set_name(name: str) -> Edit:
    return Set(("name",), name, message("Rename"))


def set_seed(seed: int) -> Edit:
    return Set(("seed",), seed, message("Change Seed"))


class History(RuleBasedStateMachine):
    """Does the same to a document and to the model.

    `steps` are the experiments from the first to the last that can be redone, `here` is the index of the current one,
    `clean` that of the saved one, None if no step is. `merge` is the key that the next edit may extend a step with.
    `departed` is the index from which on the document has no file.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Experiment] = []
        self.document = Document(Experiment(name="a"))
        self.document.changed.connect(self.heard.append)
        self.reset(Experiment(name="a"), None, 0)

    def reset(self, experiment: Experiment, path: Path | None, clean: int | None) -> None:
        self.steps, self.here, self.clean, self.merge = [experiment], 0, clean, ""
        self.path, self.departed = path, None

    @property
    def current(self) -> Experiment:
        return self.steps[self.here]

    def push(self, after: Experiment, merge: str = "") -> None:
        """Add a step to the model, extend the last one, or remove it where it leads back."""
        if after == self.current:
            return
        at_end = self.here == len(self.steps) - 1
        if merge and merge == self.merge and at_end and self.clean != self.here:
            if after == self.steps[self.here - 1]:
                self.steps.pop()
                self.here -= 1
                self.merge = ""
            else:
                self.steps[-1] = after
            return
        if self.clean is not None and self.clean > self.here:
            self.clean = None
        if self.departed is not None and self.departed > self.here:
            self.departed = None
        self.steps[self.here + 1 :] = [after]
        self.here += 1
        self.merge = merge

    @initialize(name=NAMES, path=st.none() | FILES)
    def begin(self, name: str, path: Path | None) -> None:
        self.open(name, path)

    @rule(name=NAMES, merge=st.sampled_from(("", "name")))
    def rename(self, name: str, merge: str) -> None:
        self.document.do(set_name(name), merge)
        self.push(self.current.with_(name=name), merge)

    @rule(seed=SEEDS, merge=st.sampled_from(("", "seed")))
    def reseed(self, seed: int, merge: str) -> None:
        self.document.do(set_seed(seed), merge)
        self.push(self.current.with_(seed=seed), merge)

    @rule(names=st.lists(NAMES | st.none(), min_size=2, max_size=5))
    def type(self, names: list[str | None]) -> None:
        """Edit letter by letter; None saves in between."""
        for name in names:
            if name is None:
                self.save(Path("one.playground"))
            else:
                self.rename(name, "name")
            self.agrees()

    @rule(name=NAMES, seed=SEEDS)
    def change_both(self, name: str, seed: int) -> None:
        self.document.do_all(message("Change"), (set_name(name), set_seed(seed)))
        self.push(self.current.with_(name=name, seed=seed))

    @rule(name=NAMES)
    def depart(self, name: str) -> None:
        before = self.current
        self.document.depart(Fix(message("Adapt"), (set_name(name),)))
        self.push(before.with_(name=name))
        if self.current != before and self.departed is None:
            self.departed = self.here

    @rule(times=st.integers(-3, 3))
    def jump(self, times: int) -> None:
        """Undo or redo several steps."""
        for _ in range(abs(times)):
            self.undo() if times < 0 else self.redo()
            self.agrees()

    def undo(self) -> None:
        self.document.undo_stack.undo()
        self.here = max(self.here - 1, 0)

    def redo(self) -> None:
        self.document.undo_stack.redo()
        self.here = min(self.here + 1, len(self.steps) - 1)

    @rule(path=FILES)
    def save(self, path: Path) -> None:
        self.document.saved_as(path, self.document.experiment)
        self.path, self.departed, self.clean = path, None, self.here

    @precondition(lambda self: self.here > 0)
    @rule(path=FILES)
    def save_late(self, path: Path) -> None:
        """A save of the step before ends after the edit: the document stays modified."""
        earlier = self.steps[self.here - 1]
        self.document.saved_as(path, earlier)
        self.path, self.departed = path, None
        if earlier == self.current:
            self.clean = self.here

    def open(self, name: str, path: Path | None) -> None:
        self.document.load(Experiment(name=name), path)
        self.reset(Experiment(name=name), path, 0)

    @rule(name=NAMES, path=st.none() | FILES, modified=st.none() | st.booleans())
    def open_or_recover(self, name: str, path: Path | None, modified: bool | None) -> None:
        if modified is None:
            self.open(name, path)
            return
        self.document.recover(Recovery(Experiment(name=name), path, modified=modified))
        self.reset(Experiment(name=name), path, None if modified else 0)

    @invariant()
    def agrees(self) -> None:
        document, stack = self.document, self.document.undo_stack
        assert document.experiment == self.current
        assert (stack.index(), stack.count()) == (self.here, len(self.steps) - 1)
        assert document.modified is (self.clean != self.here)
        departed = self.departed is not None and self.here >= self.departed
        assert document.path == (None if departed else self.path)
        if self.heard:
            assert self.heard[-1] == self.current
        if len(self.heard) > 1:
            assert self.heard[-1] is document.experiment

    def teardown(self) -> None:
        while self.document.undo_stack.canUndo():
            self.undo()
            self.agrees()
        while self.document.undo_stack.canRedo():
            self.redo()
            self.agrees()


@pytest.mark.usefixtures("qapp")
class TestHistory(History.TestCase):
    settings = settings(max_examples=EXAMPLES, stateful_step_count=40)
