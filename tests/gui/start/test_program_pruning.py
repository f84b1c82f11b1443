"""The dialog “Prune”: what it shows is what the pruned network answers, and pruning is an edit like others."""

from __future__ import annotations

import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.provenance import Derivation
from playground.engine.pruning.importance import Criterion
from playground.engine.pruning.prune import By
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained
from playground.gui.pruning.dialog import PruningDialog
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Kept
from playground.gui.start.changed_network import ChangedNetwork
from playground.gui.start.program import Program
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.number_text import percent_text
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import KeepZeros, NoRegularizer
from tests.gui.start.plain_pruning import DATA, accuracy, of_rank, smallest_zero, without_units

LOAD = 30_000
LAYERS = (Flatten(), Linear(out_features=20, activation=ReLU()), Linear(out_features=10))


@pytest.fixture(scope="module")
def trained() -> Trained:
    """A network that has learned a little, in plain torch."""
    recipe = Recipe(epochs=1, batch_size=50, device="cpu")
    experiment = Experiment(name="Small", data=DATA, stack=Stack(layers=LAYERS), recipe=recipe)
    network, train = build(experiment), load(DATA).train
    optimizer = torch.optim.SGD(network.parameters(), lr=0.3)
    for start in range(0, 1000, 50):
        inputs, targets = train.cut(start, start + 50)
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs), targets).backward()
        optimizer.step()
    return Trained(experiment, network.eval(), Figures(epochs=1, step=20), {})


@pytest.fixture
def dialog(ready: Program, trained: Trained, qtbot: QtBot) -> PruningDialog:
    """Opened from the menu for that network; everything is measured."""
    show(ready, trained, qtbot)
    ready.file_menu.prune.trigger()
    dialog = ready.exports.pruning.dialog
    assert dialog is not None
    complete(dialog, qtbot)
    return dialog


def show(program: Program, trained: Trained, qtbot: QtBot) -> None:
    program.inference.start()
    program.document.load(trained.experiment, None)
    own = Trained(trained.experiment, build(trained.experiment), trained.figures, {})
    own.network.load_state_dict(trained.network.state_dict())
    program.run.open(own)
    qtbot.waitUntil(program.file_menu.prune.isEnabled, timeout=LOAD)


def complete(dialog: PruningDialog, qtbot: QtBot) -> None:
    """Wait until everything is measured for what is chosen."""

    def done() -> bool:
        answer = dialog.answer
        return answer is not None and answer.complete and answer.question.sparsity == dialog.sparsity

    qtbot.waitUntil(done, timeout=LOAD)


def test_the_curve_of_weights_is_what_plain_torch_finds(dialog: PruningDialog, trained: Trained) -> None:
    weights, names, answer = trained.network.state_dict(), ("1.weight", "3.weight"), dialog.answer
    assert answer is not None
    total = 784 * 20 + 200
    for share in (0.5, 0.9):
        point = next(point for point in answer.curve if point.sparsity == share)
        assert point.score == accuracy(smallest_zero(weights, names, round(total * share)))
    assert answer.curve[0].score == accuracy(weights) > 0.5
    for layer, name in zip(answer.layers, names, strict=True):
        assert layer.score == accuracy(smallest_zero(weights, (name,), weights[name].numel() // 2))
    assert dialog.table.cells[3][2].text() == f"{total // 2 + 30:,}"  # not zero, biases among them
    assert "1,000 of 6,000 validation images" in dialog.status.text()
    assert "after step 20" in dialog.status.text()


def test_the_curve_of_units_is_what_plain_torch_finds(dialog: PruningDialog, trained: Trained, qtbot: QtBot) -> None:
    weights = trained.network.state_dict()
    dialog.kind.setCurrentIndex(dialog.kind.findData(By.GROUP))
    assert not dialog.prune.isEnabled()
    complete(dialog, qtbot)
    dialog.plot.chosen.emit(0.25)  # a click
    complete(dialog, qtbot)
    answer = dialog.answer
    assert answer is not None
    assert answer.chosen.sparsity == 0.25
    for point, gone in ((answer.chosen, 5), (next(p for p in answer.curve if p.sparsity == 0.5), 10)):
        assert point.score == accuracy(without_units(weights, gone))
        assert point.size.parameters == 785 * (20 - gone) + (21 - gone) * 10
    (layer,) = answer.layers
    assert layer.score == answer.chosen.score
    assert layer.path == (1,)


def test_a_network_that_cannot_be_kept_stays(ready: Program, dialog: PruningDialog, trained: Trained) -> None:
    answer, before, problems = dialog.answer, ready.document.experiment, []
    assert answer is not None
    label, words, made = message("Prune"), message("Pruned."), answer.made
    change = ChangedNetwork(
        ready, answer.source, made.network, made.edits, label, words, Derivation("pruned", "whole"), []
    )
    change.failed.connect(problems.append)
    ready.run.kept.emit(Kept(problem=message("Not enough memory.")))  # as the worker answers
    assert [str(problem) for problem in problems] == ["Not enough memory."]
    assert ready.document.experiment is before
    assert ready.run.weights is not None
    same(ready.run.weights.tensors, trained.network.state_dict())


@pytest.mark.parametrize("stored", [False, True])
def test_pruned_units_are_an_edit(
    ready: Program, dialog: PruningDialog, trained: Trained, qtbot: QtBot, store: RunStore, stored: bool
) -> None:
    ready.run.set_store(store if stored else None)
    before = ready.document.experiment
    dialog.kind.setCurrentIndex(dialog.kind.findData(By.GROUP))
    complete(dialog, qtbot)
    assert dialog.answer is not None
    score = dialog.answer.chosen.score
    dialog.prune.click()
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    assert ready.document.experiment.stack.layers[1] == LAYERS[1].with_(out_features=10)
    weights = shown(ready, qtbot)
    assert accuracy(weights) == score == accuracy(without_units(trained.network.state_dict(), 10))
    assert ready.run.pretrained
    assert ready.run.weights is not None
    (made,) = ready.run.weights.provenance
    assert (made.how, dict(made.settings)["by"], dict(made.settings)["fine-tuning"]) == ("pruned", "group", "0 epochs")
    assert (made.run is not None) is stored
    ready.document.undo_stack.undo()
    assert ready.document.experiment is before
    same(shown(ready, qtbot), trained.network.state_dict())
    ready.document.undo_stack.redo()
    same(shown(ready, qtbot), weights)
    prune(ready, qtbot, By.WEIGHT)  # once more: each pruning is a step of its own
    ready.document.undo_stack.undo()
    same(shown(ready, qtbot), weights)
    ready.document.undo_stack.undo()
    same(shown(ready, qtbot), trained.network.state_dict())
    ready.document.undo_stack.redo()
    same(shown(ready, qtbot), weights)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.progress.finished is not None and not ready.run.busy, timeout=LOAD)
    assert accuracy(shown(ready, qtbot)) > accuracy(weights)
    ready.document.undo_stack.undo()  # after a training as well
    same(shown(ready, qtbot), trained.network.state_dict())
    assert ready.document.experiment is before
    ready.document.undo_stack.redo()
    same(shown(ready, qtbot), weights)


def test_undo_does_not_take_a_run_that_goes_on(ready: Program, dialog: PruningDialog, qtbot: QtBot) -> None:
    dialog.prune.click()
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    shown(ready, qtbot)
    ready.run.step()
    qtbot.waitUntil(lambda: ready.run.state is RunState.PAUSED, timeout=LOAD)
    with qtbot.assertNotEmitted(ready.run.opened, wait=50):
        ready.document.undo_stack.undo()
    assert ready.run.busy
    ready.document.undo_stack.redo()
    assert not ready.run.stale


def test_the_pruned_network_learns_from_the_whole_one(
    ready: Program, dialog: PruningDialog, trained: Trained, qtbot: QtBot
) -> None:
    before, said = ready.document.experiment, list[str]()
    dialog.kind.setCurrentIndex(dialog.kind.findData(By.GROUP))
    complete(dialog, qtbot)
    assert dialog.answer is not None
    whole, pruned = dialog.answer.curve[0].score, dialog.answer.chosen.score
    dialog.distill.click()
    lesson = ready.exports.pruning._lesson
    assert lesson is not None
    lesson.told.connect(lambda words: said.append(str(words)))
    assert not dialog.prune.isEnabled()
    assert dialog.distill.text() == "&Stop"
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    assert [words.startswith("It learns from the whole network: epoch 1 of 1, validation") for words in said] == [True]
    assert ready.document.experiment.stack.layers[1] == LAYERS[1].with_(out_features=10)
    assert ready.document.experiment.recipe == before.recipe  # its loss as well
    assert ready.document.undo_stack.undoText() == "Prune and distill"
    taught = accuracy(shown(ready, qtbot))
    assert taught > max(whole, pruned)
    words = ready.window.messages.texts()[-1]
    assert f"accuracy {percent_text(taught)}, before {percent_text(whole)}, on" in words
    assert words.endswith(f"for 1 epoch, that was {percent_text(pruned)}.")
    ready.document.undo_stack.undo()
    same(shown(ready, qtbot), trained.network.state_dict())


def test_a_lesson_can_be_stopped(ready: Program, dialog: PruningDialog, trained: Trained, qtbot: QtBot) -> None:
    before = ready.document.experiment
    dialog.distill.click()
    dialog.distill.click()
    assert dialog.status.text() == "It was stopped: nothing was changed."
    assert dialog.distill.text() == "Prune and &distill"
    assert dialog.prune.isEnabled()
    assert ready.document.experiment is before
    same(shown(ready, qtbot), trained.network.state_dict())
    dialog.distill.click()
    dialog.close()  # drops it
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    assert ready.document.experiment is before


def test_the_mask_holds_while_it_is_trained(ready: Program, dialog: PruningDialog, qtbot: QtBot) -> None:
    dialog.plot.chosen.emit(0.8)
    complete(dialog, qtbot)
    dialog.prune.click()
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    assert ready.document.experiment.recipe.regularizer == KeepZeros()
    qtbot.waitUntil(lambda: zeros(ready) == round(0.8 * (784 * 20 + 200)), timeout=LOAD)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.progress.finished is not None and not ready.run.busy, timeout=LOAD)
    assert zeros(ready) == round(0.8 * (784 * 20 + 200))
    ready.document.undo_stack.undo()
    assert ready.document.experiment.recipe.regularizer == NoRegularizer()


def test_training_goes_on_without_disturbing_it(ready: Program, trained: Trained, qtbot: QtBot) -> None:
    show(ready, trained, qtbot)
    ready.file_menu.prune.trigger()
    dialog = ready.exports.pruning.dialog
    assert dialog is not None
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.progress.finished is not None and not ready.run.busy, timeout=LOAD)
    complete(dialog, qtbot)
    assert "after step 20" in dialog.status.text()
    assert dialog.answer is not None
    assert dialog.answer.curve[0].score == accuracy(trained.network.state_dict())
    qtbot.waitUntil(lambda: ready.run.weights is not None and ready.run.weights.step == 60, timeout=LOAD)
    weights = shown(ready, qtbot)
    dialog.prune.click()  # what was measured is no longer there
    assert dialog.status.text().startswith("The network was measured after step 20, and another one is shown now.")
    assert shown(ready, qtbot) is weights
    changed = ready.document.experiment.with_(name="Changed")
    ready.document.do(Set(("name",), changed.name, message("Name")))
    dialog.prune.click()
    assert dialog.status.text().startswith("The experiment was changed.")
    assert ready.document.experiment == changed


def test_a_network_without_units_says_so_and_closing_ends_it(ready: Program, trained: Trained, qtbot: QtBot) -> None:
    bare = trained.experiment.with_(stack=Stack(layers=(Flatten(), Linear(out_features=10))))
    show(ready, Trained(bare, build(bare), trained.figures, {}), qtbot)
    ready.file_menu.prune.trigger()
    dialog = ready.exports.pruning.dialog
    assert dialog is not None
    dialog.kind.setCurrentIndex(dialog.kind.findData(By.GROUP))
    qtbot.waitUntil(lambda: dialog.status.text().startswith("This network has no units"), timeout=LOAD)
    assert not dialog.prune.isEnabled()
    for criterion in (Criterion.TAYLOR, Criterion.MOVEMENT):
        dialog.criterion.setCurrentIndex(dialog.criterion.findData(criterion))
        dialog.kind.setCurrentIndex(dialog.kind.findData(By.WEIGHT))
        complete(dialog, qtbot)
        assert dialog.answer is not None
        assert dialog.answer.question.criterion is criterion
    client = ready.exports.pruning._client
    dialog.kind.setCurrentIndex(dialog.kind.findData(By.GROUP))
    assert client is not None
    assert client.has_question
    dialog.close()
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    assert not client.has_question  # what was being measured is dropped


def prune(program: Program, qtbot: QtBot, by: By) -> dict[str, Tensor]:
    program.file_menu.prune.trigger()
    dialog = program.exports.pruning.dialog
    assert dialog is not None
    dialog.kind.setCurrentIndex(dialog.kind.findData(by))
    complete(dialog, qtbot)
    dialog.prune.click()
    qtbot.waitUntil(lambda: program.exports.pruning.dialog is None, timeout=LOAD)
    return shown(program, qtbot)


def shown(program: Program, qtbot: QtBot) -> dict[str, Tensor]:
    """The weights that are shown, once they are those of the document."""
    run = program.run
    qtbot.waitUntil(lambda: run.fits and run.weights is not None and run.experiment == program.document.experiment)
    assert run.weights is not None
    return run.weights.tensors


def same(some: dict[str, Tensor], others: dict[str, Tensor]) -> None:
    assert some.keys() == others.keys()
    assert all(torch.equal(some[name], others[name]) for name in some)


def zeros(program: Program) -> int:
    weights = program.run.weights
    return 0 if weights is None else sum(int((weights.tensors[name] == 0).sum()) for name in ("1.weight", "3.weight"))


def test_layers_become_two_of_lower_rank(ready: Program, dialog: PruningDialog, trained: Trained, qtbot: QtBot) -> None:
    weights = trained.network.state_dict()
    dialog.kind.setCurrentIndex(dialog.kind.findData(By.RANK))
    complete(dialog, qtbot)
    answer = dialog.answer
    assert not dialog.criterion.isEnabled()
    assert answer is not None
    layers = answer.made.experiment.stack.layers
    assert layers[1:3] == (Linear(out_features=9, bias=False), LAYERS[1])  # 9 · (784 + 20) + 200 ≤ (784 + 10) · 20 / 2
    assert answer.chosen.score == pytest.approx(accuracy(of_rank(weights, {"1.weight": 9})), abs=0.0011)  # rounding
    alone = ({"1.weight": 784 * 20 // 2 // 804}, {"3.weight": 100 // 30})
    expected = [accuracy(of_rank(weights, ranks)) for ranks in alone]
    assert [layer.path for layer in answer.layers] == [(1,), (2,)]
    assert [layer.score for layer in answer.layers] == pytest.approx(expected, abs=0.0011)
    before = ready.document.experiment
    dialog.prune.click()
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    assert ready.document.experiment.stack.layers == layers
    assert set(shown(ready, qtbot)) == {"1.weight", "2.weight", "2.bias", "4.weight", "4.bias"}
    ready.document.undo_stack.undo()
    assert ready.document.experiment is before
    same(shown(ready, qtbot), weights)
