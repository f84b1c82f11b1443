"""What a run looks like on a terminal that moves, and on one that does not."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from rich.console import Console

from playground.cli.terminal import JsonLines, Screen
from playground.engine.training.snapshots import Epoch, Evaluating, Finished, Snapshot, Step, Terms
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.messages import message

RUN: tuple[Snapshot, ...] = (
    Step(1, 0.05, 2.3, Terms(), 0.1, 0.001, 32),
    Step(20, 1.0, 0.5, Terms(), 0.8, 0.001, 32),
    Evaluating("validation", 10, 5000),
    Epoch(1, 20, 1.5, 1.4, 0.45, 0.6, 0.81),
    Step(40, 2.0, 0.3, Terms(), 0.9, 0.001, 32),
    Epoch(2, 40, 1.5, 0.4, 0.85, 0.35, 0.9, Terms(0.0, 0.0125)),
    Evaluating("test", 10_000, 10_000),
    Finished(2, 40, 3.0, 0.33, 0.9123, 7850, None, False, message("Not fit to deploy yet.")),
)


def shown(experiment: Experiment, *, moves: bool, width: int = 100) -> str:
    """Everything that is written during the run above."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=moves, width=width, highlight=False, markup=False, color_system=None)
    screen = Screen(console, experiment)
    for snapshot in RUN:
        screen.take(snapshot)
    screen.close(None)
    return text.getvalue()


@pytest.mark.parametrize("moves", [True, False])
def test_every_epoch_and_the_end_are_told(small: Experiment, moves: bool) -> None:
    text = shown(small, moves=moves)
    assert "epoch 1/2  train loss 1.4000  accuracy 45.00 %  validation loss 0.6000  accuracy 81.00 %" in text
    assert "epoch 2/2  train loss 0.4000  KL divergence 0.0125  accuracy 85.00 %" in text
    assert (
        "test accuracy 91.23 %, loss 0.3300, 7,850 parameters, 2 epochs, 40 steps in 3.0 s. Not fit to deploy yet."
        in text
    )
    assert any("\u2801" <= letter <= "\u28ff" for letter in text)


def test_a_loss_in_bits_says_whose_it_is(small: Experiment) -> None:
    text = shown(small.with_(data=Shakespeare(context=8)), moves=False, width=200)
    assert "validation loss 0.6000  accuracy 81.00 %  (validation 0.866 bits, perplexity 1.82)" in text


def test_agreement_with_a_teacher_is_told_from_what_is_right(small: Experiment) -> None:
    text = shown(small.with_(data=DistilledMNIST(train_limit=640)), moves=False, width=200)
    assert "train loss vs. teacher 1.4000  accuracy vs. teacher 45.00 %" in text
    assert "validation loss vs. truth 0.6000  accuracy vs. truth 81.00 %" in text
    assert "test accuracy vs. truth 91.23 %, loss vs. truth 0.3300" in text


def test_the_loss_beside_the_bar_is_the_mean_over_the_samples_of_the_last_steps(small: Experiment) -> None:
    screen = Screen(Console(file=io.StringIO(), width=100), small.with_(recipe=small.recipe.with_(batch_size=1)))
    losses, samples = np.random.default_rng(0).lognormal(size=230), np.arange(230) % 3 + 1
    for number, (loss, size) in enumerate(zip(losses.tolist(), samples.tolist(), strict=True), 1):
        screen.take(Step(number, number / 640, loss, Terms(), 0.5, 0.001, size))
    mean = np.average(losses[-23:], weights=samples[-23:])  # a tenth of the steps made
    assert f"loss {mean:.4f} (mean of 23 steps)" in screen._status


def test_the_loss_beside_the_bar_counts_classes_by_their_weights(small: Experiment) -> None:
    screen = Screen(Console(file=io.StringIO(), width=100), small.with_(recipe=small.recipe.with_(batch_size=1)))
    losses, weights = np.random.default_rng(0).lognormal(size=230), np.arange(230) % 7 + 0.5
    for number, (loss, weight) in enumerate(zip(losses.tolist(), weights.tolist(), strict=True), 1):
        screen.take(Step(number, number / 640, loss, Terms(), 0.5, 0.001, 4, (), weight))
    assert f"loss {np.average(losses[-23:], weights=weights[-23:]):.4f} (mean of 23 steps)" in screen._status


def test_a_tiny_loss_is_not_told_as_none(small: Experiment) -> None:
    text = io.StringIO()
    screen = Screen(Console(file=text, width=200), small)
    screen.take(Epoch(1, 20, 1.5, 0.0000213, 1.0, 0.0000154, 1.0))
    assert "train loss 2.13e-5" in text.getvalue()
    assert "validation loss 1.54e-5" in text.getvalue()


def test_json_says_what_its_scores_are() -> None:
    text = io.StringIO()
    for data in (MNIST(), Heights(), DistilledMNIST()):
        JsonLines(text, Experiment(data=data)).take(RUN[-1])
    digits, heights, taught = (json.loads(line) for line in text.getvalue().splitlines())
    assert (digits["score"], heights["score"], taught["score"]) == ("accuracy", "r2", "accuracy")
    assert (taught["train_against"], taught["test_against"]) == ("teacher", "truth")
    assert "train_against" not in digits


def test_json_tells_what_is_added_to_the_loss_where_anything_is() -> None:
    text = io.StringIO()
    lines = JsonLines(text, Experiment())
    for snapshot in RUN:
        lines.take(snapshot)
    first, second, _ = (json.loads(line) for line in text.getvalue().splitlines())
    assert second["kl_divergence"] == 0.0125
    assert {"penalty", "kl_divergence", "terms"}.isdisjoint(first)
    assert {"penalty", "terms"}.isdisjoint(second)


def test_bar_moves_on_a_terminal_only(small: Experiment) -> None:
    assert "━" in shown(small, moves=True)
    still = shown(small, moves=False)
    assert "━" not in still
    assert "\x1b" not in still


@pytest.mark.parametrize("width", [20, 40, 70, 200])
def test_curves_fit_the_terminal(small: Experiment, width: int) -> None:
    lines = [line for line in shown(small, moves=False, width=width).splitlines() if "\u2800" in line]
    assert lines
    assert max(map(len, lines)) <= width
