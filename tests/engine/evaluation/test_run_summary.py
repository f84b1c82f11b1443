"""What a network file says of its network is what was done: steps, epochs, and which weights they are."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import Data, pixels
from playground.engine.evaluation.run_summary import account, ending, in_full, loss_in_words, present_epoch, trained_for
from playground.engine.training.snapshots import Diverged, Epoch, Figures, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load, save
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.messages import Message
from playground.spec.recipe.losses import MSE, CrossEntropy, KLDivergence, Loss
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EMA, EarlyStopping


def changed(experiment: Experiment, **values: object) -> Experiment:
    """The experiment with another recipe."""
    return experiment.with_(recipe=experiment.recipe.with_(**values))


def made(figures: Figures) -> tuple[object, ...]:
    """What figures say of how long a network was trained."""
    return figures.epochs, figures.epochs_begun, figures.step, figures.weights_step, figures.best_epoch


def test_a_run_that_is_stopped_in_mid_epoch_tells_its_steps(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    for item in trainer:
        if isinstance(item, Step) and item.step == 3:
            assert made(trainer.figures) == (0, 1, 3, 3, None)  # as a file says that is written meanwhile
            trainer.stop()
    end = trainer.finished
    assert isinstance(end, Finished)
    assert (end.epochs, end.epochs_begun, end.step, end.weights_step) == (0, 1, 3, 3)
    assert made(trainer.figures) == (0, 1, 3, 3, None)
    assert trainer.figures.test_score == end.test_score
    assert str(trained_for(end)) == str(trained_for(trainer.figures)) == "part of 1 epoch, 3 steps"


def test_steps_behind_the_last_completed_epoch_count(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    for item in trainer:
        if isinstance(item, Step) and item.step == 11:
            trainer.stop()
    assert made(trainer.figures) == (1, 2, 11, 11, None)
    assert str(trained_for(trainer.figures)) == "1 epoch and part of the next, 11 steps"


def test_a_run_that_is_stopped_while_it_validates_has_begun_an_epoch(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    trainer._parts.chunk = 20
    for item in trainer:
        if isinstance(item, Step) and item.step == 8:
            next(trainer)  # a part of the validation
            trainer.stop()
    assert made(trainer.figures) == (0, 1, 8, 8, None)


def test_a_whole_run_tells_its_epochs(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    list(trainer)
    assert made(trainer.figures) == (2, 2, 16, 16, None)
    assert str(trained_for(trainer.figures)) == "2 epochs, 16 steps"


def test_a_run_that_diverged_tells_which_weights_were_kept(dense: Experiment, digits: Data) -> None:
    wild = changed(dense, optimizer=SGD(lr=100.0), loss=MSE(), epochs=100)
    trainer, steady = Trainer(wild, digits), Trainer(wild, digits)
    list(trainer)
    end, figures = trainer.finished, trainer.figures
    assert isinstance(end, Diverged)
    assert figures.step == end.step - 1
    assert figures.weights_step == end.weights_step
    assert 0 <= end.step - 1 - end.weights_step <= 8
    for item in steady:
        if isinstance(item, Step) and item.step == end.weights_step:
            break
    assert torch.equal(trainer.network[1].weight, steady.network[1].weight)
    assert f"weights of step {end.weights_step}" in str(trained_for(figures))


def test_restored_weights_come_with_the_figures_of_their_epoch(dense: Experiment, digits: Data) -> None:
    patient = changed(dense, optimizer=SGD(lr=0.8, momentum=0.9), epochs=200, stopping=EarlyStopping(patience=2))
    trainer = Trainer(patient, digits)
    epochs = [item for item in trainer if isinstance(item, Epoch)]
    figures, end = trainer.figures, trainer.finished
    best = min(epochs, key=lambda item: item.validation_loss or 0.0)
    assert isinstance(end, Finished)
    assert made(figures) == (len(epochs), len(epochs), 8 * len(epochs), best.step, best.epoch)
    assert end.weights_step == best.step
    assert figures.validation_loss == best.validation_loss
    assert figures.train_loss == best.train_loss
    assert str(trained_for(figures)).endswith(f"steps · weights of step {best.step}")


def test_an_average_is_one_of_the_last_step(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(dense, averaging=EMA(decay=0.9)), digits)
    list(trainer)
    assert made(trainer.figures) == (2, 2, 16, 16, None)


def test_a_file_tells_it_again_and_older_ones_tell_what_they_know(
    dense: Experiment, digits: Data, tmp_path: Path
) -> None:
    trainer, path = Trainer(dense, digits), tmp_path / "network.safetensors"
    for item in trainer:
        if isinstance(item, Step) and item.step == 11:
            save(path, trainer.experiment, trainer.network, trainer.figures)
    figures = load(path).figures
    assert made(figures) == (1, 2, 11, 11, None)
    words = str(account(figures._replace(test_score=0.975), dense.with_(name="Small")))
    assert words == "Small: trained for 1 epoch and part of the next, 11 steps · test accuracy 97.50 %"
    save(path, dense, build(dense), Figures(epochs=3, step=24))
    assert str(account(load(path).figures, dense)).endswith("trained for 3 epochs, 24 steps")


@pytest.mark.parametrize("loss", [CrossEntropy(label_smoothing=0.2), KLDivergence(smoothing=0.2)])
def test_with_label_smoothing_the_plain_loss_is_told_beside_it(loss: Loss, dense: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(dense, loss=loss), digits)
    epochs = [item for item in trainer if isinstance(item, Epoch)]
    end, figures = trainer.finished, trainer.figures
    assert isinstance(end, Finished)
    outputs = trainer.network.eval()(pixels(digits.test.inputs)).detach()
    plain = float(torch.nn.functional.cross_entropy(outputs, digits.test.targets))
    assert figures.test_plain_loss == end.test_plain_loss == pytest.approx(plain, rel=1e-5)
    assert end.test_loss != pytest.approx(plain, rel=1e-2)
    assert figures.validation_plain_loss == epochs[-1].validation_plain_loss
    assert str(loss_in_words(end.test_loss, plain)).endswith(f"{plain:.4f} without")


def test_without_smoothing_there_is_one_loss(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    list(trainer)
    assert trainer.figures.test_plain_loss is trainer.figures.validation_plain_loss is None
    assert str(loss_in_words(0.25, None)) == "0.2500"


@pytest.mark.parametrize(("done", "epoch"), [(0.0, 1), (0.01, 1), (1.0, 1), (1.01, 2), (4.99, 5), (5.0, 5)])
def test_an_epoch_goes_on_until_the_first_step_of_the_next(done: float, epoch: int) -> None:
    """An epoch is told while it is validated, and after an early end."""
    assert present_epoch(done) == epoch


def test_all_that_is_known_says_which_losses_are_smoothed() -> None:
    figures = Figures(1, 8, 1.0, 0.5, 0.9, 0.00002, 0.95, validation_plain_loss=0.00001)
    text = str(in_full(figures, MNIST()))
    assert "validation accuracy 95.00 %, loss 2.00e-5 with label smoothing, 1.00e-5 without" in text


WHOLE = Finished(10, 200, 12.4, 0.1, 0.9769, 330, None, False, Message(""), epochs_begun=10)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (WHOLE, "Trained for 10 epochs in 0:12 · test accuracy 97.69 %"),
        (WHOLE._replace(test_score=None), "Trained for 10 epochs in 0:12 · not tested"),
        (WHOLE._replace(epochs=1, epochs_begun=1, stopped_early=True), "Stopped early after 1 epoch in 0:12 · test"),
        (WHOLE._replace(epochs=9), "Stopped after 9 epochs and part of the next in 0:12 · test accuracy 97.69 %"),
        (WHOLE._replace(epochs=0, epochs_begun=1), "Stopped after part of 1 epoch in 0:12 · test accuracy 97.69 %"),
        (Diverged(1234, 0.1, Message(""), 2), "Diverged at step 1,234, in epoch 3"),
    ],
)
def test_a_line_says_how_a_run_ended(end: Finished | Diverged, words: str) -> None:
    assert str(ending(end, changed(Experiment(), epochs=10))).startswith(words)
