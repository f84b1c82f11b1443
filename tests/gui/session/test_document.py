"""The document: every edit can be undone, and what follows from the experiment follows at once."""

import gc
import weakref
from pathlib import Path

from playground.gui.session.document import Document
from playground.spec.check.problem import Fix
from playground.spec.edits import Insert, Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message

TRAINABLE = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10))))


def set_lr(value: float) -> Set:
    return Set(("recipe", "optimizer", "lr"), value, message("Change Learning rate"))


def test_an_edit_is_announced_once_and_can_be_undone(qtbot) -> None:
    document = Document(TRAINABLE)
    heard: list[Experiment] = []
    document.changed.connect(heard.append)
    document.do(Insert((1,), (Linear(out_features=32),)))
    assert heard == [document.experiment]
    assert len(document.rows) == 3
    assert document.undo_stack.undoText() == "Insert Linear"
    document.undo_stack.undo()
    assert document.experiment == TRAINABLE
    assert heard[-1] == TRAINABLE


def test_an_edit_that_changes_nothing_leaves_no_step(qtbot) -> None:
    document = Document(TRAINABLE)
    document.do(set_lr(TRAINABLE.recipe.optimizer.lr))
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_edits_of_one_field_in_a_row_are_one_step(qtbot) -> None:
    document = Document(TRAINABLE)
    for value in (0.1, 0.2, 0.3):
        document.do(set_lr(value), merge="lr")
    document.do(set_lr(0.4), merge="another field")
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.experiment.recipe.optimizer.lr == 0.3
    document.undo_stack.undo()
    assert document.experiment == TRAINABLE


def test_a_merged_step_that_leads_back_disappears(qtbot) -> None:
    document = Document(TRAINABLE)
    document.do(set_lr(0.5), merge="lr")
    document.do(set_lr(TRAINABLE.recipe.optimizer.lr), merge="lr")
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_a_fix_removes_its_problem(qtbot) -> None:
    document = Document(TRAINABLE.with_(stack=Stack(layers=(Linear(out_features=10),))))
    (problem,) = document.problems
    assert problem.fix is not None
    document.mend(problem.fix)
    assert document.problems == ()
    assert document.undo_stack.undoText() == "Insert Flatten"


def test_only_a_fix_that_changes_something_is_a_jump(qtbot) -> None:
    document = Document(TRAINABLE)
    heard: list[object] = []
    document.jumped.connect(lambda before, _moved: heard.append(before))
    document.mend(Fix(message("Keep the rate"), (set_lr(TRAINABLE.recipe.optimizer.lr),)))
    assert heard == []
    assert document.undo_stack.count() == 0
    document.mend(Fix(message("Set the rate"), (set_lr(0.5),)))
    assert heard == [TRAINABLE]


def test_saving_clears_the_mark_and_undoing_sets_it_again(qtbot) -> None:
    document = Document(TRAINABLE)
    document.do(set_lr(0.5))
    assert document.modified
    with qtbot.waitSignal(document.renamed):
        document.saved_as(Path("x.playground"), document.experiment)
    assert not document.modified
    document.undo_stack.undo()
    assert document.modified


def test_loading_begins_a_new_history(qtbot) -> None:
    document = Document(TRAINABLE)
    document.do(set_lr(0.5))
    document.load(TRAINABLE, None)
    assert not document.modified
    assert not document.undo_stack.canUndo()
    assert document.experiment == TRAINABLE


def test_edits_in_a_row_that_lead_back_leave_no_step(qtbot) -> None:
    document = Document(TRAINABLE)
    document.do(Set(("name",), "Mine", message("Rename")))
    document.do(set_lr(0.5), merge="lr")
    document.do(set_lr(TRAINABLE.recipe.optimizer.lr), merge="lr")
    assert document.undo_stack.count() == 1
    document.do(set_lr(0.25), merge="lr")
    document.undo_stack.undo()
    assert document.experiment.name == "Mine"
    assert document.experiment.recipe == TRAINABLE.recipe


def test_a_document_with_a_history_can_be_collected(qtbot) -> None:
    document = Document(TRAINABLE)
    document.itself = document  # only the collector finds it; a view that listens does the same
    gone = weakref.ref(document)
    gc.collect(0)  # makes it older than its history, which the collector then takes apart first
    document.do(set_lr(0.5))
    document.do(set_lr(0.25))
    document.undo_stack.undo()
    del document
    gc.collect()
    assert gone() is None


def test_what_is_edited_after_a_save_is_a_step_of_its_own(qtbot) -> None:
    document = Document(TRAINABLE)
    document.do(set_lr(0.2), merge="lr")
    document.saved_as(Path("x.playground"), document.experiment)
    document.do(set_lr(0.3), merge="lr")
    assert document.modified
    document.undo_stack.undo()
    assert document.experiment.recipe.optimizer.lr == 0.2
    assert not document.modified


def test_what_is_edited_after_undoing_takes_the_place_of_what_was_undone(qtbot) -> None:
    document = Document(TRAINABLE)
    document.do(Insert((1,), (Linear(out_features=32),)))
    document.do(set_lr(0.1), merge="lr")
    document.do(Set(("name",), "Mine", message("Rename")))
    for _ in range(3):
        document.undo_stack.undo()
    document.do(set_lr(0.2), merge="lr")
    document.do(set_lr(0.3), merge="lr")
    assert document.undo_stack.count() == 1
    rates = []
    for step in (document.undo_stack.undo, document.undo_stack.redo, document.undo_stack.undo):
        step()
        rates.append(document.experiment.recipe.optimizer.lr)
    assert rates == [TRAINABLE.recipe.optimizer.lr, 0.3, TRAINABLE.recipe.optimizer.lr]
    document.do(Set(("name",), "Mine", message("Rename")))
    document.do(set_lr(0.4), merge="lr")
    document.undo_stack.undo()
    document.do(set_lr(0.5), merge="lr")  # what it would be merged with was undone
    assert document.undo_stack.index() == 2
    document.undo_stack.undo()
    assert (document.experiment.name, document.experiment.recipe) == ("Mine", TRAINABLE.recipe)


def test_a_change_of_the_weights_alone_is_a_step_to_another_value(qtbot) -> None:
    document = Document(Experiment())
    before = document.experiment
    document.do_all(message("Nothing"), ())
    assert not document.undo_stack.count()
    document.do_marked(message("Calibrate"), ())
    after = document.experiment
    assert after == before
    assert after is not before
    assert document.undo_stack.undoText() == "Calibrate"
    document.undo_stack.undo()
    assert document.experiment is before
    document.undo_stack.redo()
    assert document.experiment is after
